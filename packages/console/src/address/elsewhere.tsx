import { unstable_createAdapterProvider as createAdapterProvider, renderQueryString } from 'nuqs/adapters/custom';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { Router, useLocation, useSearch } from 'wouter';

const Room = createContext('/');

/**
 * Shows what reads the address as if the address were another: the questions of the board. What would change it opens
 * that room instead, changed so.
 */
export function Elsewhere({ room, search, children }: { room: string; search: string; children: ReactNode }) {
  return (
    <Room value={room}>
      <Router searchHook={() => search}>
        <FixedAddress>{children}</FixedAddress>
      </Router>
    </Room>
  );
}

const FixedAddress = createAdapterProvider(() => {
  const search = useSearch();
  const room = useContext(Room);
  const [, navigate] = useLocation();
  const searchParams = useMemo(() => new URLSearchParams(search), [search]);
  return {
    searchParams,
    getSearchParamsSnapshot: () => searchParams,
    updateUrl: (next) => navigate(room + renderQueryString(next)),
  };
});

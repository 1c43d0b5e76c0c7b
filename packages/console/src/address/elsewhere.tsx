import { unstable_createAdapterProvider as createAdapterProvider } from 'nuqs/adapters/custom';
import { type ReactNode, useMemo } from 'react';
import { Router, useSearch } from 'wouter';

/** Shows what reads the address as if the address were another: the questions of the board. Nothing in it changes one. */
export function Elsewhere({ search, children }: { search: string; children: ReactNode }) {
  return (
    <Router searchHook={() => search}>
      <FixedAddress>{children}</FixedAddress>
    </Router>
  );
}

const FixedAddress = createAdapterProvider(() => {
  const search = useSearch();
  const searchParams = useMemo(() => new URLSearchParams(search), [search]);
  return { searchParams, getSearchParamsSnapshot: () => searchParams, updateUrl: () => {} };
});

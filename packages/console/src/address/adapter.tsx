import { unstable_createAdapterProvider as createAdapterProvider, renderQueryString } from 'nuqs/adapters/custom';
import { useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

/** Joins the typed addresses (nuqs) to the router (wouter): one history, whoever writes to it. */
export const AddressProvider = createAdapterProvider(() => {
  const search = useSearch();
  const [path, navigate] = useLocation();
  return {
    searchParams: useMemo(() => new URLSearchParams(search), [search]),
    getSearchParamsSnapshot: () => new URLSearchParams(window.location.search),
    updateUrl: (next, { history, scroll }) => {
      navigate(path + renderQueryString(next), { replace: history === 'replace' });
      if (scroll) window.scrollTo(0, 0);
    },
  };
});

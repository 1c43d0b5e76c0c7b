import type { Plugin } from './api.ts';

/** A page view for every page that is looked at, and for every new address within a page (`history.pushState`). */
export const pageviews =
  ({ name = 'page' }: { readonly name?: string } = {}): Plugin =>
  (client, { onShown }) => {
    let last: string | undefined;
    const look = () => {
      const { pathname, search, href } = location;
      // Going back to a page that was kept, or a fragment, is no new page.
      if (last === pathname + search) return;
      const referrer = last === undefined ? document.referrer : undefined;
      last = pathname + search;
      void client.page(name, { url: href.split('#')[0], path: pathname, title: document.title, referrer });
    };
    onShown(() => {
      look();
      addEventListener('popstate', look);
      for (const way of ['pushState', 'replaceState'] as const) {
        const original = history[way];
        history[way] = function (...args) {
          original.apply(this, args);
          // The page sets its title after it has changed its address.
          setTimeout(look, 0);
        };
      }
    });
  };

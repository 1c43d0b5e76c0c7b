/** Loads a classic script beside the page. Answers false when the browser does not, as with an ad blocker. */
export const load = (src) =>
  new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = src;
    script.onload = () => resolve(true);
    script.onerror = () => resolve(false);
    document.head.append(script);
  });

/** Where the server is that serves the shop, with a slash at its end. */
export const server = new URL('..', document.baseURI).href;

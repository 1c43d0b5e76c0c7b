import type { Answer, Options, Page, Talk } from './page.ts';

interface Request {
  readonly id: string;
  readonly url: string;
  readonly done: (answer: Answer) => void;
}

/** Asks the server by script tags, one after another as the original does: each request carries the cookie of the answer before. */
export function createTalk(page: Page): Talk {
  let options: Options = {};
  let requests = 0;
  let current: (Request & { end(): void }) | undefined;
  const waiting: Request[] = [];

  const response = (id: string, answer: Answer) => {
    if (current?.id !== id) return;
    const { done, end } = current;
    end();
    current = undefined;
    next();
    done(answer);
  };
  const next = () => {
    const request = current === undefined ? waiting.shift() : undefined;
    if (request === undefined) return;
    const failed = () =>
      response(request.id, {
        error: { type: 'communication', code: 503, description: 'Server Timed Out' },
        response: {},
      });
    const script = page.document.createElement('script');
    const timer = page.setTimeout(failed, options.timeout ?? 5000);
    current = {
      ...request,
      end() {
        page.clearTimeout(timer);
        script.remove();
      },
    };
    script.src = request.url;
    script.onerror = failed;
    page.document.head.appendChild(script);
  };

  const scheme = () => (options.https === false ? 'http' : 'https');
  const server = () => `${scheme()}://${options.server}/`;
  const core = () => `${server()}ajax/hasSession.js`;
  const isProduction = () => (options.useSessionCluster ?? options.prod) !== false;

  return {
    get options() {
      return options;
    },
    get isProduction() {
      return isProduction();
    },
    use(given) {
      options = given;
    },
    ask(url, query, done) {
      const id = `f${++requests}`;
      const all = { ...query, callback: id, client_id: options.client_id, redirect_uri: page.location.toString() };
      const text = Object.entries(all).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
      waiting.push({ id, url: `${url}?${text.join('&')}`, done });
      next();
    },
    response,
    server,
    core,
    session: () => (isProduction() ? `${scheme()}://session.${options.server}/rpc/hasSession.js` : core()),
  };
}

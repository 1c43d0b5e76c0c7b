import { createServer, type Server } from 'node:http';
import { type Client, visitorFor } from '@selfsame/node';

/**
 * A site that sends everything from its backend. A visitor is a random UUID in a cookie; whoever logs in is named beside
 * it, and everything that cookie did before is theirs from then on.
 */
export function createSite(selfsame: Client, publicKey: string): Server {
  /** Who is logged in, by the visitor's cookie. A real site keeps this where it keeps its sessions. */
  const customers = new Map<string, string>();

  return createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://site');
    // Reads the cookie, or makes one.
    const { device } = visitorFor(request, response, { key: publicKey, secure: false });
    const user = customers.get(device);
    // Both ids while somebody is logged in, the visitor's alone otherwise. No awaiting: the page does not wait for it.
    const ids = user === undefined ? { device } : { device, user };

    if (request.method === 'POST' && url.pathname === '/login') {
      const name = url.searchParams.get('customer') ?? '';
      customers.set(device, name);
      selfsame.login({ device, user: name });
      selfsame.track({ device, user: name }, 'Logged In');
    } else if (request.method === 'POST' && url.pathname === '/logout') {
      customers.delete(device);
      selfsame.track(ids, 'Logged Out');
      selfsame.logout({ device });
    } else {
      selfsame.page(ids, 'Page Viewed', { path: url.pathname });
    }
    response
      .setHeader('content-type', 'text/plain; charset=utf-8')
      .end(`Hello ${customers.get(device) ?? 'stranger'}\n`);
  });
}

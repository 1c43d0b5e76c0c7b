import { createEvents } from '../../../protocols/src/spid/page/events.ts';
import type { Answer, Page, Talk } from '../../../protocols/src/spid/page/page.ts';
import { createVgs } from '../../../protocols/src/spid/page/vgs.ts';
import type { Plugin, Result } from '../api.ts';

/** What the script asks when it wants to know who is here. */
const SESSION = '';

/**
 * The global `VGS` on our client, with its events in their order. Who is logged in is what the page told the client with
 * `login({ user })`; the visitor is the client's.
 */
export const vgs = (): Plugin => (client) => {
  const page = window as unknown as Page & { VGS?: object; vgsAsyncInit?: () => void };
  let options: Talk['options'] = {};
  const stamp = () => ({ serverTime: Math.floor(Date.now() / 1_000), expiresIn: 7_200 });
  const error = (code: number, type: string, description?: string, more?: object): Answer => ({
    error: { code, type, ...(description && { description }) },
    response: { result: false, ...stamp(), ...more },
  });
  const sessionAnswer = (): Answer => {
    const { device, ids } = client.getUser();
    const user = ids['user'];
    const visitor = { uid: device, user_id: user ?? null };
    return user != null
      ? { result: true, ...stamp(), visitor, userStatus: 'connected', userId: user, id: user }
      : error(401, 'UserException', 'No session found!', { visitor });
  };
  const session = () => SESSION;
  const taken = ({ status, reason }: Result): Answer =>
    status === 'rejected' ? error(400, 'ApiException', reason) : { result: true, ...stamp() };

  const talk: Talk = {
    get options() {
      return options;
    },
    isProduction: true,
    use(given) {
      // What the client remembers is enough.
      options = { ...given, cookie: false };
    },
    async ask(url, query, done) {
      // The original answers later, too.
      await null;
      if (url === SESSION) done(sessionAnswer());
      else if (/traits.js$/.test(url)) done(taken(await client.setTraits(String(query['t']))));
      else if (/logout.js$/.test(url)) done(taken(await client.logout()));
      else done(error(404, 'ApiException'));
    },
    response() {},
    server: () => `https://${options.server}/`,
    session,
    core: session,
  };
  page.VGS = createVgs(page, talk, createEvents(page));
  setTimeout(() => page.vgsAsyncInit?.());
};

import { createEvents } from '../../../protocols/src/spid/page/events.ts';
import type { Answer, Page, Talk } from '../../../protocols/src/spid/page/page.ts';
import { createVgs } from '../../../protocols/src/spid/page/vgs.ts';
import type { Plugin, Result } from '../api.ts';

/**
 * The global `VGS` on our client, with its events in their order. Who is logged in is what the page told the client with
 * `login({ user })`; the visitor is the client's.
 */
export const vgs = (): Plugin => (client) => {
  const page = window as unknown as Page & { VGS?: object; vgsAsyncInit?: () => void };
  const stamp = () => ({ serverTime: Math.floor(Date.now() / 1_000), expiresIn: 7_200 });
  const error = (code: number, type: string, description = '', more?: object): Answer => ({
    error: { code, type, description },
    response: { result: false, ...stamp(), ...more },
  });
  const sessionAnswer = (): Answer => {
    const { device, ids } = client.getUser();
    const user = ids['user'] ?? null;
    const visitor = { uid: device, user_id: user };
    return user === null
      ? error(401, 'UserException', 'No session found!', { visitor })
      : { result: true, ...stamp(), visitor, userStatus: 'connected', userId: user, id: user };
  };
  /** The script asks for nothing when it wants to know who is here. */
  const session = () => '';
  const taken = ({ status, reason }: Result): Answer =>
    status === 'rejected' ? error(400, 'ApiException', reason) : { result: true, ...stamp() };

  const talk: Omit<Talk, 'response' | 'options'> & { options: Talk['options'] } = {
    options: {},
    isProduction: true,
    use(given) {
      // What the client remembers is enough.
      talk.options = { ...given, cookie: false };
    },
    async ask(url, query, done) {
      // The original answers later, too, whatever it is.
      const sent = await (/traits.js$/.test(url)
        ? client.setTraits(String(query['t']))
        : /logout.js$/.test(url) && client.logout());
      done(sent ? taken(sent) : url ? error(404, 'ApiException') : sessionAnswer());
    },
    server: () => `https://${talk.options.server}/`,
    session,
    core: session,
  };
  page.VGS = createVgs(page, talk, createEvents(page));
  setTimeout(() => page.vgsAsyncInit?.());
};

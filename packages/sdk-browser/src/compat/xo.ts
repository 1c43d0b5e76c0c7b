import { type HttpClient, install, type Page } from '../../../protocols/src/xo/page.ts';
import type { Plugin } from '../api.ts';

interface Activity {
  readonly action: string;
  readonly user: {
    readonly identities: Readonly<Record<string, string>>;
    readonly segments?: readonly string[];
    readonly traits?: Readonly<Record<string, unknown>>;
  };
  readonly timestamp?: string;
  readonly [more: string]: unknown;
}

/** XO's repositories as our kinds; the others keep their lower-case names. */
const kinds: Readonly<Record<string, string>> = { sessionid: 'session', ecommerceid: 'user' };

/** The globals `xo` and `attraqt` on our client: the page's own calls, its session and its queue, sent by our wire. */
export const xo = (): Plugin => (client, inside) => {
  let told = '';
  const send = async ({ action, user, timestamp, ...properties }: Activity) => {
    const { identities, segments = [], traits = {} } = user;
    const ids = Object.fromEntries(
      Object.entries(identities).map(([name, value]) => {
        const kind = name.toLowerCase();
        return [kinds[kind] ?? kind, value];
      }),
    );
    // The original repeats everything with every activity; once is enough until it changes.
    const now = JSON.stringify([ids, segments, traits]);
    if (now !== told) {
      told = now;
      void client.say({ type: 'segments', ids, segments });
      void client.say({ type: 'traits', op: 'replace', ids, traits });
    }
    return await client.track(action, properties, { ids, ...(timestamp ? { time: Date.parse(timestamp) } : {}) });
  };
  const native: HttpClient = {
    async send({ body }) {
      await Promise.all((JSON.parse(body) as Activity[]).map(send));
      return { status: 200, body: '{"profiles":{}}' };
    },
  };
  // Everything of the window, whose own functions want to be called on it.
  const page = new Proxy(window, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      return name === 'setTimeout' ? setTimeout.bind(target) : value;
    },
  });
  install(page as unknown as Page, {
    // Nothing is kept before the visitor agrees, and forbidden storage is no error.
    careful: () => ({
      getItem: (name) => inside.store.get(name),
      setItem: (name, value) => inside.store.set(name, value),
      removeItem: (name) => inside.store.remove(name),
    }),
    uuid: inside.page.uuid,
    client: native,
  });
};

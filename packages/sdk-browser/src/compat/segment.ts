import type { Callback, Client, Plugin } from '../api.ts';
import type { Properties } from '../wire.ts';

type Bag = Record<string, unknown>;
type Method = (...rest: never[]) => unknown;
type Call = readonly [method: string, ...rest: unknown[]];

/** The calls of analytics.js on our client. The vendor lets callers leave out any argument before a callback. */
export function analyticsOn(client: Client): Record<string, Method | boolean> {
  const listeners: Record<string, ((...what: unknown[]) => void)[]> = {};
  /** Splits what was given into texts, objects and a callback, whatever is missing. */
  const sort = (name: string, rest: readonly unknown[]) => {
    const texts = rest.filter((one): one is string => typeof one === 'string');
    const [first = {}, second = {}] = rest.filter((one): one is Bag => typeof one === 'object' && one !== null);
    const done = rest.find((one) => typeof one === 'function') as Callback | undefined;
    for (const tell of listeners[name] ?? []) tell(...texts, first, second);
    return { texts, first, second, done };
  };
  /** The name of the page's own traits, and the campaign as attribution knows it. */
  const view = (kind: string, rest: readonly unknown[]) => {
    const { texts, first, done } = sort(kind, rest);
    const [category, name] = texts.length > 1 ? texts : [undefined, texts[0]];
    const here = { path: location.pathname, referrer: document.referrer, title: document.title, url: location.href };
    const properties: Properties = { ...here, ...(name ? { name } : {}), ...(category ? { category } : {}), ...first };
    return client.track(kind, properties, undefined, done);
  };
  const known = (value: unknown) => (value == null ? null : String(value));
  return {
    initialize: true,
    load: () => analytics(),
    track(...rest: unknown[]) {
      const { texts, first, done } = sort('track', rest);
      return client.track(texts[0] as string, first, undefined, done);
    },
    page: (...rest: unknown[]) => view('page', rest),
    screen: (...rest: unknown[]) => view('screen', rest),
    identify(...rest: unknown[]) {
      const { texts, first, done } = sort('identify', rest);
      const traits = Object.keys(first).length > 0;
      const told = texts[0] ? client.identify({ user: texts[0] }, traits ? undefined : done) : undefined;
      return traits || !told ? client.setTraits(first, done) : told;
    },
    group(...rest: unknown[]) {
      const { texts, first, done } = sort('group', rest);
      const [groupId] = texts;
      if (groupId && Object.keys(first).length > 0)
        void client.say({ type: 'traits', ids: { 'group.id': groupId }, traits: first });
      return client.track('$group', { groupId }, undefined, done);
    },
    alias(...rest: unknown[]) {
      const { texts, done } = sort('alias', rest);
      return client.identify({ user: texts[0] as string }, done);
    },
    reset: () => client.reset(),
    user: () => ({
      id: () => known(client.getUser().ids['user']),
      anonymousId: (given?: string) => {
        if (given) void client.identify({ device: given });
        return client.getUser().device;
      },
      traits: () => client.getUser().traits,
    }),
    setAnonymousId: (device: string) => void client.identify({ device }),
    ready: (run: () => void) => void setTimeout(run),
    on: (name: string, tell: (...what: unknown[]) => void) => void (listeners[name] ??= []).push(tell),
    debug: () => {},
  };
}

const page = (typeof window === 'undefined' ? {} : window) as { analytics?: unknown };
const analytics = () => page.analytics;

/** The global `analytics` on our client; what the vendor's snippet has queued is done. */
export const segment = (): Plugin => (client) => {
  const before = page.analytics;
  const all = analyticsOn(client);
  page.analytics = all;
  if (Array.isArray(before))
    for (const [name, ...rest] of before as readonly Call[])
      (all as Record<string, Method>)[name]?.(...(rest as never[]));
};

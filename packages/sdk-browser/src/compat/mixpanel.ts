import type { Client, Plugin, Result } from '../api.ts';
import { people as peopleOf } from '../people.ts';
import type { Properties } from '../wire.ts';

type Bag = Record<string, unknown>;
type Done = (answer: 1 | 0) => void;
type Method = (...rest: never[]) => unknown;
type Call = readonly [method: string, ...rest: unknown[]];

/** A name with a value, or several of them in an object. */
const bagOf = (name: string | Bag, value?: unknown): Bag => (typeof name === 'string' ? { [name]: value } : name);
const each = (bag: Bag, run: (name: string, value: unknown) => unknown) =>
  void Object.entries(bag).map(([name, value]) => run(name, value));

/** The calls of Mixpanel's library on our client. */
export function mixpanelOn(client: Client): Readonly<Record<string, Method | object>> {
  const people = peopleOf(client);
  const begun = new Map<string, number>();
  const told = (done: unknown) => (result: Result) =>
    typeof done === 'function' && (done as Done)(result.status === 'rejected' ? 0 : 1);
  const id = () => {
    const { device, ids } = client.getUser();
    return ids['user'] ?? `$device:${device}`;
  };
  const track = (name: string, properties: Properties = {}, options?: unknown, done = options) => {
    const start = begun.get(name);
    begun.delete(name);
    const took = start === undefined ? {} : { $duration: Math.round(performance.now() - start) / 1_000 };
    void client.track(name, { ...took, ...properties }, undefined, told(done));
  };
  const group = (name: string, value: unknown) => {
    client.register({ [name]: [value].flat() });
    void people.set({ [name]: [value].flat() });
  };
  return {
    init: (_token: string, { loaded }: { loaded?: (self: object) => void } = {}) =>
      void loaded?.(page.mixpanel as object),
    track,
    track_pageview: (properties?: Bag) =>
      track('$mp_web_page_view', {
        current_page_title: document.title,
        current_url_path: location.pathname,
        ...properties,
      }),
    time_event: (name: string) => void begun.set(name, performance.now()),
    identify: (user: string) => void client.identify({ user }),
    /** Another name of the same person; it joins nobody who is known already. */
    alias: (user: string) => void client.identify({ user }),
    reset: () => client.reset(),
    register: (properties: Bag) => client.register(properties),
    register_once: (properties: Bag) => client.registerOnce(properties),
    unregister: (name: string) => client.unregister(name),
    get_distinct_id: id,
    get_property(name: string) {
      const { device, ids, properties } = client.getUser();
      const own: Bag = { distinct_id: id(), $device_id: device, $user_id: ids['user'] };
      return own[name] ?? properties[name];
    },
    set_group: group,
    add_group: group,
    opt_in_tracking: () => void client.optIn(),
    opt_out_tracking: () => void client.optOut(),
    has_opted_out_tracking: () => client.hasOptedOut(),
    has_opted_in_tracking: () => !client.hasOptedOut(),
    people: {
      set: (name: string | Bag, value?: unknown, done = value) => void people.set(bagOf(name, value), told(done)),
      set_once: (name: string | Bag, value?: unknown) => void people.setOnce(bagOf(name, value)),
      unset: (names: string | readonly string[]) => void people.unset(names),
      increment: (name: string | Bag, by: unknown = 1) =>
        each(bagOf(name, by), (one, more) => people.increment(one, Number(more))),
      append: (name: string | Bag, value?: unknown) => each(bagOf(name, value), people.append),
      union: (name: string | Bag, value?: unknown) =>
        each(bagOf(name, value), (one, more) => people.union(one, [more].flat())),
      remove: (name: string | Bag, value?: unknown) => each(bagOf(name, value), people.remove),
      track_charge: (amount: number, properties?: Bag) =>
        void people.append('$transactions', { $amount: amount, $time: new Date().toISOString(), ...properties }),
      clear_charges: () => void people.set({ $transactions: [] }),
    },
  };
}

interface Stub extends Array<Call> {
  /** What the vendor's snippet remembers of `init`. */
  readonly _i?: readonly (readonly unknown[])[];
  readonly people?: readonly Call[];
}
const page = (typeof window === 'undefined' ? {} : window) as { mixpanel?: object };

/** The global `mixpanel` on our client; what the vendor's snippet has queued is done. */
export const mixpanel = (): Plugin => (client) => {
  const before = page.mixpanel as Stub | undefined;
  const all = mixpanelOn(client);
  page.mixpanel = all;
  const run = (on: object, calls: unknown) => {
    if (Array.isArray(calls))
      for (const [name, ...rest] of calls as readonly Call[])
        (on as Record<string, Method>)[name]?.(...(rest as never[]));
  };
  run(
    all,
    before?._i?.map((rest) => ['init', ...rest]),
  );
  run(all, before);
  run(all['people'] as object, before?.people);
};

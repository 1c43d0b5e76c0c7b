/** The classic script: `/sdk.js`. Everything in one file under one global, with a queue of what was said before it came. */
import { campaign } from './campaign.ts';
import { createClient, type Options, type Plugin } from './index.ts';
import { pageviews } from './pageviews.ts';
import { people } from './people.ts';
import { sessions } from './sessions.ts';
import { user } from './user.ts';

const plugins: Readonly<Record<string, () => Plugin>> = { pageviews, campaign, sessions };

type Entry = readonly [verb: string, ...rest: unknown[]];
type Verbs = Record<string, (...rest: unknown[]) => unknown>;

/** What a page may say in `init`: plugins by name, and no endpoint where the script's own host serves. */
type TagOptions = Omit<Options, 'plugins' | 'endpoint'> & {
  readonly endpoint?: Options['endpoint'];
  readonly plugins?: readonly string[];
};

const script = document.currentScript as HTMLScriptElement | null;
const page = window as unknown as { selfsame: { push?: unknown; q?: unknown; isLoaded?: boolean } | undefined };
const before = page.selfsame;

function start(): void {
  const waiting: Entry[] = [];
  let verbs: Verbs | undefined;

  function init({ plugins: names = [], ...options }: TagOptions): void {
    if (verbs) return;
    const client = createClient({
      endpoint: (script?.src ?? location.href).replace(/\/[^/]*$/, ''),
      ...options,
      plugins: names.flatMap((name) => plugins[name]?.() ?? []),
    });
    verbs = {
      ...client,
      ...user(client),
      people: (verb, ...rest) => (people(client) as unknown as Verbs)[verb as string]?.(...rest),
    } as Verbs;
    Object.assign(selfsame, client, user(client), { people: people(client) });
    for (const entry of waiting.splice(0)) say(entry);
  }
  /** Does what an entry says; before `init` it waits. One that fails does not take the others with it. */
  function say([verb, ...rest]: Entry): unknown {
    try {
      if (verb === 'init') return init(rest[0] as TagOptions);
      if (verbs === undefined) return void waiting.push([verb, ...rest]);
      return verbs[verb]?.(...rest);
    } catch (error) {
      console.error(error);
      return undefined;
    }
  }

  const selfsame = Object.assign((...entry: unknown[]) => say(entry as unknown as Entry), {
    isLoaded: true,
    init: (options: TagOptions) => say(['init', options]),
    push: (...entries: Entry[]) => {
      entries.forEach(say);
      return 0;
    },
  });
  page.selfsame = selfsame;
  // `selfsame = []` with pushes, or a function that keeps its calls in `q`.
  const queue = Array.isArray(before) ? before : before?.q;
  for (const entry of Array.isArray(queue) ? queue : [])
    say(Array.from(entry as ArrayLike<unknown>) as unknown as Entry);
  // Whoever keeps the array itself (a tag manager does) goes on pushing to it.
  if (Array.isArray(before)) before.push = selfsame.push as typeof before.push;
  const key = script?.dataset['key'];
  if (key) say(['init', { key, plugins: script?.dataset['plugins']?.split(/[\s,]+/) ?? [] }]);
}

// Loaded twice, by a tag manager and the page: the first one stays.
if (!before?.isLoaded) start();

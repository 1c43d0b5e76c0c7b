import type { Events, Handler, Page } from './page.ts';

/** Subscribers by name. Self-contained, as everything in this folder: its text is sent to browsers. */
export function createEvents(page: Page): Events {
  const handlers = new Map<string, Handler[]>();
  const of = (name: string) => handlers.get(name) ?? [];
  const run = (handler: Handler | undefined, ...what: unknown[]) => {
    try {
      handler?.(...what);
    } catch (error) {
      page.console.error(error);
    }
  };
  return {
    run,
    subscribe: (name, handler) => void handlers.set(name, [...of(name), handler]),
    unsubscribe: (name, handler) =>
      void handlers.set(
        name,
        of(name).filter((one) => one !== handler),
      ),
    clear: (name) => void handlers.delete(name),
    fire(name, ...what) {
      for (const handler of of(name)) run(handler, ...what);
    },
  };
}

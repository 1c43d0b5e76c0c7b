import { type ComponentType, createElement } from 'react';

/** A room whose program could not be fetched: the server is away, or has another version of it now. */
export class RoomMissing extends Error {
  /** The next showing fetches it again. */
  readonly forget: () => void;

  constructor(cause: unknown, forget: () => void) {
    super('the program of this room could not be fetched', { cause });
    this.name = 'RoomMissing';
    this.forget = forget;
  }
}

/** A page fetched when it is first shown. React's own `lazy` keeps a failure for ever; this one can be asked again. */
export function lazyRoom<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  let page: ComponentType<P> | undefined;
  let failure: RoomMissing | undefined;
  let loading: Promise<void> | undefined;
  // biome-ignore lint/correctness/noComponentHookFactories: made once a room, when the module is read
  return function LazyRoom(props: P) {
    if (page !== undefined) return createElement(page, props);
    if (failure !== undefined) throw failure;
    loading ??= load().then(
      (module) => {
        page = module.default;
      },
      (error: unknown) => {
        loading = undefined;
        failure = new RoomMissing(error, () => {
          failure = undefined;
        });
      },
    );
    throw loading;
  };
}

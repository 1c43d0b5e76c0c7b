import type { Callback, Client, Result } from './api.ts';
import type { Properties, TraitOp } from './wire.ts';

/** Changes of a person's traits that depend on what they are: counters and lists. */
export interface People {
  set(traits: Properties, callback?: Callback): Promise<Result>;
  /** Only what was never set. */
  setOnce(traits: Properties, callback?: Callback): Promise<Result>;
  unset(names: string | readonly string[], callback?: Callback): Promise<Result>;
  /** Adds numbers; a missing one counts as 0. */
  increment(name: string, by?: number, callback?: Callback): Promise<Result>;
  /** Adds to a list, also what is in it. */
  append(name: string, value: unknown, callback?: Callback): Promise<Result>;
  /** Adds to a list what is not in it. */
  union(name: string, values: readonly unknown[], callback?: Callback): Promise<Result>;
  /** Takes a value out of a list. */
  remove(name: string, value: unknown, callback?: Callback): Promise<Result>;
  /** A trait that is there or not, without a value. */
  tag(name: string, callback?: Callback): Promise<Result>;
}

/** The person's traits as something to work on. */
export function people(client: Pick<Client, 'say' | 'setTraits'>): People {
  const say = (op: TraitOp, traits: Properties, callback: Callback | undefined) =>
    client.say({ type: 'traits', op, traits }, callback);
  return {
    set: (traits, callback) => client.setTraits(traits, callback),
    setOnce: (traits, callback) => say('set-once', traits, callback),
    unset: (names, callback) =>
      client.setTraits(Object.fromEntries([names].flat().map((name) => [name, null])), callback),
    increment: (name, by = 1, callback) => say('add', { [name]: by }, callback),
    append: (name, value, callback) => say('append', { [name]: value }, callback),
    union: (name, values, callback) => say('union', { [name]: values }, callback),
    remove: (name, value, callback) => say('remove', { [name]: value }, callback),
    tag: (name, callback) => client.setTraits({ [name]: true }, callback),
  };
}

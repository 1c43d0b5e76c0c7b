import type { Via } from '../message.ts';

/** Which of a project's keys something came with: `public` is in pages and apps, `server` is a backend's or a feed's. */
export type InputKey = Via['key'];

/** Where what a connection takes comes from; both absent: everything. */
export interface Input {
  readonly wire?: string;
  readonly key?: InputKey;
}

/** `all`, a wire such as `mparticle`, or one of its keys: `mparticle:public`, `mparticle:server`. */
export function readInput(text: string): Input | undefined {
  if (text === 'all') return {};
  const [, wire, key] = /^([a-z][a-z0-9-]*)(?::(public|server))?$/.exec(text) ?? [];
  if (wire === undefined) return undefined;
  return key === undefined ? { wire } : { wire, key: key as InputKey };
}

/** The inputs that something belongs to, the narrowest first. */
export const inputsOf = ({ wire, key }: Via): readonly [string, string, 'all'] => [`${wire}:${key}`, wire, 'all'];

import type { JsonObject, Policy, ProjectId } from '@selfsame/identity';
import type { Output } from '@selfsame/outputs';
import type { Beside, Host, Protocol, Reading } from './protocol.ts';
import type { WireSettings } from './setting.ts';

/** The keys of a wire. */
export interface WireKeys {
  /**
   * Whether a project's settings name a key for this wire alone, `keys.<name>`. `may`: where the vendor's SDK demands a
   * shape; without one the public key serves. `must`: the wire answers for no project that has none. Absent: the public key
   * serves all.
   */
  readonly own?: 'may' | 'must';
  /** What a key is looked up by, where an SDK may change how it is written. */
  readonly plain?: (key: string) => string;
}

/**
 * What a wire does with nobody asking: it tells somebody whose address stands in a setting of it what happened. To the
 * server it is an output like others, with a place in the log, retries and dead letters, but for its entry in the settings.
 */
export interface Callbacks {
  /** Its id and its type among outputs: no other is called so. */
  readonly id: CallbacksId;
  /** The setting with the address; without it nobody is told. */
  readonly setting: string;
  readonly output: (url: string, project: ProjectId, host: Pick<Host, 'hmac'>) => Output;
  /** Names at `/metrics`. `attempts` has the label `outcome`. */
  readonly metrics: Readonly<Record<'attempts' | 'waiting', { readonly name: string; readonly help: string }>>;
}

export type CallbacksId = `${string}-callbacks`;

/** A wire as its folder brings it: the protocol, and what everybody else has to know of the vendor. */
export interface Wire<Read extends Reading | Promise<Reading> = Reading | Promise<Reading>> extends Protocol<Read> {
  /** Its name for people, as its vendor writes it. */
  readonly label: string;
  readonly keys?: WireKeys;
  /** A project's `wires.<name>` of the settings file; absent: it has none. */
  readonly settings?: WireSettings;
  /** The named policies that reproduce its vendor, the usual one first; the rules in them are `identity`'s. */
  readonly presets?: readonly { readonly name: string; readonly label: string }[];
  /** What speaking it makes of a preset, before the project's own fields come over it. `hasKey`: a key of its own. */
  readonly policy?: (preset: Policy, settings: JsonObject, hasKey: boolean) => Policy;
  /** What items of our own wire mean to this one as well, in a project that has a key of its own. */
  readonly beside?: Beside;
  readonly callbacks?: Callbacks;
  /** What of its settings makes a policy that cannot be, and why. */
  readonly whyNot?: (policy: Policy) => { readonly setting: string; readonly says: string } | undefined;
}

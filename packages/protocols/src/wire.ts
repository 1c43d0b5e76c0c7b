import type { JsonObject, Policy } from '@selfsame/identity';
import type { Protocol, Reading } from './protocol.ts';
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

/** A wire as its folder brings it: the protocol, and what everybody else has to know of the vendor. */
export interface Wire<Read extends Reading | Promise<Reading> = Reading | Promise<Reading>> extends Protocol<Read> {
  /** Its name for people, as its vendor writes it. */
  readonly label: string;
  readonly keys?: WireKeys;
  /** A project's `wires.<name>` of the settings file; absent: it has none. */
  readonly settings?: WireSettings;
  /** The named policies that reproduce its vendor, the usual one first. */
  readonly presets?: readonly string[];
  /** What speaking it makes of a preset, before the project's own fields come over it. `hasKey`: a key of its own. */
  readonly policy?: (preset: Policy, settings: JsonObject, hasKey: boolean) => Policy;
  /** What of its settings makes a policy that cannot be, and why. */
  readonly whyNot?: (policy: Policy) => { readonly setting: string; readonly says: string } | undefined;
}

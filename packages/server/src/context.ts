import type { Instant, Policy, ProjectId, Rules } from '@selfsame/identity';
import type { Keyring, SigningSecret, Wire } from '@selfsame/protocols';
import type { Columns, Ingest, Store } from '@selfsame/store';
import type { SavedQuestions } from './console/saved-questions.ts';
import type { ConsoleSessions } from './console/session.ts';
import type { Outputs } from './delivery/outputs/outputs.ts';
import type { StreamSlots } from './http/stream-slots.ts';
import type { Conflicts } from './live/conflicts.ts';
import type { LiveFeed } from './live/feed.ts';
import type { InputCount } from './live/inputs.ts';
import type { RefusalCounts } from './live/refusal-counts.ts';
import type { RefusalReasons } from './live/refusal-reasons.ts';
import type { UnsignedCounts } from './live/unsigned.ts';
import type { PolicyFile, PolicyWord } from './policy/file.ts';
import type { Refolds } from './policy/refold/refolds.ts';
import type { Simulations } from './policy/what-if/simulations.ts';
import type { Quarantine } from './quarantine/quarantine.ts';

/** A project as the settings file describes it, with its policy worked out. */
export interface Project {
  readonly id: ProjectId;
  readonly name: string;
  /** IANA name: whose days its questions are cut into. */
  readonly timeZone: string;
  /** ISO 4217 code of what it earns, where it says so. */
  readonly currency?: string;
  readonly publicKey: string;
  /** Keys of wires that have one of their own, by the wire. */
  readonly keys: Readonly<Record<string, string>>;
  /** The wires it answers on; absent: all. */
  readonly speaks?: readonly string[];
  readonly policy: Policy;
}

/** The projects and their keys. Keys are compared as digests of one length, in constant time (S4). */
export interface Projects extends Keyring {
  readonly all: readonly Project[];
  byId(id: ProjectId): Project | undefined;
  /** What a bearer token of the native API opens: a project, and whether the token was its server key. */
  byBearer(token: string): { readonly project: Project; readonly key: 'public' | 'server' } | undefined;
  rules(project: ProjectId): Rules;
  /** What the wires that a project speaks make of a preset. */
  spoken(project: ProjectId, preset: Policy): Policy;
  /** The signing secrets whose signatures a project takes now (S3). */
  signingSecrets(project: ProjectId): readonly SigningSecret[];
  /** Gives a project another policy, kept over a restart. The caller sees to what was folded under the old one. */
  choose(project: ProjectId, policy: Policy, word: PolicyWord): void;
}

/** Everything a route may use. Made once in `start.ts`; routes keep no state of their own. */
export interface ServerContext {
  readonly store: Store;
  readonly columns: Columns;
  readonly ingest: Ingest;
  readonly live: LiveFeed;
  /** Items of a project whose time was not believed, since the server started. */
  readonly untimed: (project: ProjectId) => Promise<number>;
  readonly conflicts: Conflicts;
  readonly inputs: (project: ProjectId) => Promise<readonly InputCount[]>;
  readonly unsigned: UnsignedCounts;
  readonly streams: StreamSlots;
  readonly outputs: Outputs;
  readonly savedQuestions: SavedQuestions;
  readonly simulations: Simulations;
  /** A folder for columns that are thrown away; emptied at the start. */
  readonly scratch: string;
  readonly policies: Pick<PolicyFile, 'chosen' | 'history'>;
  readonly refolds: Refolds;
  readonly turnedAway: RefusalCounts;
  readonly refusals: RefusalReasons;
  readonly quarantine: Quarantine;
  /** The server's clock, ms. */
  readonly clock: () => Instant;
  readonly projects: Projects;
  readonly wires: ReadonlyMap<string, Wire>;
  /** The console's sessions; `authorize` asks them. */
  readonly sessions: ConsoleSessions;
  /** Aborted when the server stops: streams that have no end of their own end then (G15). */
  readonly stopping: AbortSignal;
  /** Base path of the demo shop when one is served, else null. */
  readonly shopPath: string | null;
}

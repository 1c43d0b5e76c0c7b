import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Instant, type Policy, type ProjectId, presets } from '@selfsame/identity';
import { presentPolicies } from '@selfsame/store-embedded';
import { writeWhole } from '../settings/whole-file.ts';
import { type FieldChange, fieldChanges } from './field-changes.ts';
import { today } from './overrides.ts';

/** Who gives a project another policy, and why. */
export interface PolicyWord {
  readonly by: string;
  readonly reason?: string | undefined;
  /** The entry of the history that is gone back to. */
  readonly back?: number | undefined;
}

/** A policy a project had from a moment on. */
export interface PolicyEntry extends PolicyWord {
  /** 1, 2, …; the first is the policy the history begins with. */
  readonly number: number;
  /** ms */
  readonly at: Instant;
  /** What was different from the policy before. */
  readonly changes: readonly FieldChange[];
  readonly policy: Policy;
}

/** Policies that operators chose while the server ran, by project, and which policy each project had when. */
export interface PolicyFile {
  /** They come before the settings file's. */
  readonly chosen: ReadonlyMap<ProjectId, Policy>;
  /** The default of the release that first served a project whose settings name no preset; of a new one, today's. */
  begunWith(project: ProjectId): Policy;
  /** Oldest first, the latest hundred. */
  history(project: ProjectId): readonly PolicyEntry[];
  /** Keeps a policy that was chosen; it is on stable storage when this returns. */
  keep(project: ProjectId, policy: Policy, word: PolicyWord): void;
  /**
   * Notes which policies are in force at a start: where the settings file brought another, that is an entry too. A
   * project that names no preset keeps the default it began with, until it names one.
   */
  settle(inForce: readonly { readonly id: ProjectId; readonly policy: Policy; readonly isUnnamed: boolean }[]): void;
}

/** Entries that are kept of a project. */
const MOST = 100;

interface Kept {
  readonly begun: Readonly<Record<string, Policy>>;
  readonly chosen: Readonly<Record<string, Policy>>;
  readonly history: Readonly<Record<string, readonly PolicyEntry[]>>;
}

/**
 * Opens `policies.json` of a data directory.
 * @param clock ms @throws Error when it is there and cannot be read.
 */
export function openPolicies(directory: string, clock: () => Instant): PolicyFile {
  const file = join(directory, 'policies.json');
  const kept = read(file) ?? { begun: before(directory), chosen: {}, history: {} };
  const begun = new Map<ProjectId, Policy>(Object.entries(kept.begun));
  const chosen = new Map<ProjectId, Policy>(Object.entries(kept.chosen));
  const histories = new Map<ProjectId, readonly PolicyEntry[]>(Object.entries(kept.history));
  const history = (project: ProjectId) => histories.get(project) ?? [];

  const note = (project: ProjectId, policy: Policy, word: PolicyWord): void => {
    const before = history(project);
    const last = before.at(-1);
    const changes = last === undefined ? [] : fieldChanges(last.policy, policy);
    const entry = { number: (last?.number ?? 0) + 1, at: clock(), ...word, changes, policy };
    histories.set(project, [...before, entry].slice(-MOST));
  };
  // One file, so that no crash leaves a policy without its entry.
  const write = (): void =>
    writeWhole(file, {
      version: 2,
      begun: Object.fromEntries(begun),
      chosen: Object.fromEntries(chosen),
      history: Object.fromEntries(histories),
    });

  return {
    chosen,
    history,
    begunWith: (project) => begun.get(project) ?? today,
    keep(project, policy, word) {
      chosen.set(project, policy);
      note(project, policy, word);
      write();
    },
    settle(inForce) {
      const news = inForce.filter(({ id, policy }) => {
        const last = history(id).at(-1);
        return last === undefined || fieldChanges(last.policy, policy).length > 0;
      });
      for (const { id, policy } of news) note(id, policy, chosen.has(id) ? beforeHistory : { by: 'settings file' });
      const turned = inForce.filter(({ id, isUnnamed }) => begun.has(id) !== isUnnamed);
      for (const { id, isUnnamed } of turned)
        if (isUnnamed) begun.set(id, today);
        else begun.delete(id);
      if (news.length + turned.length > 0) write();
    },
  };
}

/** Of a policy that was chosen before there was a history. */
const beforeHistory: PolicyWord = { by: 'operator or server key', reason: 'chosen before this history began' };

/** `selfsame` was `by-interval` before there was this file: a graph that was folded so goes on so. */
function before(directory: string): Kept['begun'] {
  const begun: Record<string, Policy> = {};
  for (const [project, folded] of presentPolicies(directory) ?? [])
    if (folded.includes('"sharedDevice":"by-interval"')) begun[project] = presets['by-interval'] as Policy;
  return begun;
}

function read(file: string): Kept | undefined {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as { readonly version?: unknown };
    // Before there was a history the file held the policies alone, by project.
    const { begun, chosen, history } = (
      typeof kept.version === 'number' ? { begun: {}, ...kept } : { begun: {}, chosen: kept, history: {} }
    ) as Kept;
    return {
      begun: eachOf(begun, whole),
      chosen: eachOf(chosen, whole),
      history: eachOf(history, (entries) => entries.map((one) => ({ ...one, policy: whole(one.policy) }))),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read: restore it, or delete it to go by the settings file again.`);
  }
}

/** A field that came with a later release is as its preset has it. */
function whole(policy: Policy): Policy {
  const preset = presets[policy.preset] ?? today;
  const perKind = { ...preset.caps.perKind, ...policy.caps.perKind };
  return {
    ...preset,
    ...policy,
    reach: { ...preset.reach, ...policy.reach },
    breaker: { ...preset.breaker, ...policy.breaker },
    caps: { ...preset.caps, ...policy.caps, perKind },
  };
}

const eachOf = <T, U>(record: Readonly<Record<string, T>>, of: (one: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([id, one]) => [id, of(one)]));

import { type DirectoryPolicy, directoryOf } from '../directory/settings.ts';
import type { Policy } from '../policy/policy.ts';
import type { Command, DirectorySettings, Entry, Statement } from './command.ts';
import type { Instant, Position } from './ids.ts';
import { eventTime, untimedOf } from './time.ts';

/** What the log adds to a statement. ms. */
export interface Arrival {
  readonly position: Position;
  readonly at: Instant;
  readonly repeats?: Position | undefined;
  /** The copy with the same insert id by the other kind of sender ([D3]). */
  readonly otherCopy?: Position | undefined;
}

/** A statement as the log keeps it: self-contained, so that folding it needs neither clock nor yesterday's settings. */
export function entryOf(statement: Statement, policy: Policy, { position, at, repeats, otherCopy }: Arrival): Entry {
  const untimed = untimedOf(statement, at);
  return {
    ...statement,
    position,
    at,
    time: eventTime(statement, at),
    ...(untimed === undefined ? {} : { untimed }),
    ...(repeats === undefined ? {} : { repeats }),
    ...(otherCopy === undefined ? {} : statement.trust > 0 ? { outranks: otherCopy } : { outrankedBy: otherCopy }),
    ...(asksDirectory(statement.command) ? { directory: settingsOf(policy.directory) } : {}),
  };
}

function asksDirectory(command: Command): boolean {
  if (command.type === 'Track' || command.type === 'Describe') return command.resolve !== undefined;
  return command.type === 'Resolve' || command.type === 'Modify' || command.type === 'Alias';
}

/**
 * [R14] A directory call is decided under the settings that were in force when it came, now and whenever the log is
 * folded again: its answer went out to a client, and another strategy must not take it back.
 */
export const directoryFor = (policy: Policy, entry: Entry): Policy =>
  entry.directory === undefined
    ? policy
    : { ...policy, directory: { ...directoryOf(entry.directory.strategy), ...entry.directory } };

const known = new WeakMap<DirectoryPolicy, DirectorySettings>();

/** The strategy, and only what a project changed about it: this stands in every entry that asks. */
function settingsOf(directory: DirectoryPolicy): DirectorySettings {
  let settings = known.get(directory);
  if (settings === undefined) {
    const usual: Record<string, unknown> = { ...directoryOf(directory.strategy) };
    const changed = Object.entries(directory).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(usual[name]),
    );
    settings = { ...Object.fromEntries(changed), strategy: directory.strategy };
    known.set(directory, settings);
  }
  return settings;
}

import type { Policy } from './policy.ts';

/** Raised when the rules make another graph of one log: what was folded under an earlier edition is folded again. */
const EDITION = 23;

/**
 * What of a policy the graph and what is read from it for good (owners, traits) depend on, as a text: two policies with
 * one text fold every log to one graph, so a change between them folds nothing again.
 *
 * Left out are the preset's name, how Mixpanel's events are translated before they are logged, and the directory: its
 * calls are decided under the settings of their time ([R14]). Of that only two lists reach further: which kinds are
 * devices says how links are read ([R6]), and under `enforce` login identifiers name people in every item ([E2]).
 */
export function foldedUnder(policy: Policy): string {
  const { preset: _preset, mixpanel: _mixpanel, undoTrust: _undoTrust, directory, ...rest } = policy;
  const { deviceIds, loginIds } = directory;
  const named = policy.identityMode === 'enforce' ? { loginIds } : {};
  return JSON.stringify({ edition: EDITION, ...rest, deviceIds, ...named }, sorted);
}

/** A policy that was kept in a file comes back with its fields in another order. */
const sorted = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

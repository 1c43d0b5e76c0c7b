import type * as v from 'valibot';

/** Settings the server cannot start with. `problems` has one sentence each, none with a secret in it. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(source: string, problems: readonly string[]) {
    super(
      `${source} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n  ${problems.join('\n  ')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Fields whose value stays out of messages (S3). */
const secret =
  /(^|\.)(publicKey|serverKey|signingSecret|previousSigningSecret|secret|previousSecret|apiSecret|writeKey|token)$|(^|\.)(keys|wires)\.[^.]+$/;

/** A schema's complaint as a sentence: where, what was seen, what to do. */
export function sayIssue(issue: v.BaseIssue<unknown>): string {
  const path = pathOf(issue);
  if (issue.type === 'never') return `${path}: ${issue.message}`;
  if (issue.kind !== 'schema') return `${path}: ${seen(path, issue)}${issue.message}`;
  if (isMissing(issue)) return `${path}: is missing; add it`;
  return `${path}: ${seen(path, issue)}is not what belongs here; use ${words(issue.expected ?? 'something else')}`;
}

/** Is the field not there at all? The complaint then names it as what was expected. */
export const isMissing = (issue: v.BaseIssue<unknown>): boolean =>
  issue.received === 'undefined' && issue.expected?.startsWith('"') === true;

function pathOf(issue: v.BaseIssue<unknown>): string {
  return (
    (issue.path ?? []).reduce<string>((path, item) => {
      const key = item.key as string | number;
      if (typeof key === 'number') return `${path}[${key}]`;
      const name = /^[\w$-]+$/.test(key) ? key : JSON.stringify(key);
      return path === '' ? name : `${path}.${name}`;
    }, '') || 'the file'
  );
}

const seen = (path: string, issue: v.BaseIssue<unknown>): string =>
  secret.test(path) && typeof issue.input === 'string' ? '' : `${issue.received} `;

const words = (expected: string): string => expected.replace(/^\((.*)\)$/, '$1').replaceAll(' | ', ', ');

/** One field of the policy that was changed in the form, as text. */
export interface Change {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

const lists: ReadonlySet<string> = new Set(['priority', 'loginIds', 'uniqueIds', 'immutableIds']);
const ofDirectory: ReadonlySet<string> = new Set([...lists, 'strategy', 'reuseAnonymousAtLogout']);

const wordsOf = (text: string): readonly string[] => text.split(/[\s,]+/).filter((word) => word !== '');
const normal = (name: string, text: string): string => (lists.has(name) ? wordsOf(text).join(', ') : text);

/** What differs between the policy and the form. Another way to write the same list is no change. */
export const changed = (
  now: Readonly<Record<string, string>>,
  form: Readonly<Record<string, string>>,
): readonly Change[] =>
  Object.entries(now).flatMap(([name, from]) => {
    const to = normal(name, form[name] ?? from);
    return to === normal(name, from) ? [] : [{ name, from, to }];
  });

/** What `PUT /v1/policy` is sent: only what was changed, so that another strategy brings its own settings. */
export function bodyOf(changes: readonly Change[]): Readonly<Record<string, unknown>> {
  const value = ({ name, to }: Change): unknown =>
    lists.has(name) ? wordsOf(to) : name === 'reuseAnonymousAtLogout' ? to === 'yes' : to;
  const some = (of: (change: Change) => boolean) =>
    Object.fromEntries(changes.filter(of).map((change) => [change.name, value(change)]));
  const directory = some(({ name }) => ofDirectory.has(name));
  return { ...some(({ name }) => !ofDirectory.has(name)), ...(Object.keys(directory).length > 0 ? { directory } : {}) };
}

const names = new Map([
  ['strategy', 'strategy'],
  ['priority', 'priority'],
  ['loginIds', 'login ids'],
  ['uniqueIds', 'unique ids'],
  ['immutableIds', 'immutable ids'],
  ['reuseAnonymousAtLogout', 'back to the anonymous profile at logout'],
  ['sharedDevice', 'shared devices'],
  ['identityMode', 'identity mode'],
]);

/** `shared devices: by-interval → first-login` */
export const inWords = ({ name, from, to }: Change): string =>
  `${names.get(name) ?? name}: ${from || 'none'} → ${to || 'none'}`;

/** One field of a former policy beside the one before, as the history tells it: `shared devices: by-interval → first-login` */
export function fieldInWords(change: {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}): string {
  const name = change.field.split('.').at(-1) ?? change.field;
  return `${names.get(name) ?? change.field}: ${textOf(change.before)} → ${textOf(change.after)}`;
}

function textOf(value: unknown): string {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ') || 'none';
  if (value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

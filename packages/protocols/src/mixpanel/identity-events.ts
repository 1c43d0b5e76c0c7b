import type { Command, Identifier, Json, JsonObject, Policy } from '@selfsame/identity';
import { listOf, own } from '../json/values.ts';
import { DEVICE_PREFIX, idsOf, real, textOf, withoutPrefix } from './ids.ts';

const names: ReadonlySet<string> = new Set(['$identify', '$create_alias', '$merge']);

/** The events that mean "these ids are one person" rather than that something happened. */
export const isIdentityEvent = (name: string): boolean => names.has(name);

/** An anonymous id as clients made it before they put a prefix there: five groups. */
const guid = /^[0-9a-z]+(-[0-9a-z]+){4}$/i;

/**
 * What an identity event asks for under a project's policy: edits of clusters (original merge), or evidence. `none`: it is
 * only kept (simplified merge; a `$merge` outside `/import`; ids that are nobody).
 */
export function identityCommand(
  policy: Policy,
  route: 'track' | 'import',
  name: string,
  properties: JsonObject,
): Command | 'none' {
  if (policy.mixpanel === 'simplified') return 'none';
  if (name === '$merge') return route === 'import' ? mergeOf(policy, own(properties, '$distinct_ids')) : 'none';
  const text = (property: string) => textOf(own(properties, property)) ?? '';
  if (name === '$create_alias') return together(policy, 'alias', text('distinct_id'), text('alias'));
  const user = text('$identified_id') || text('distinct_id');
  const anonymous = text('$anon_distinct_id') || text('$anon_id');
  if (policy.mixpanel === 'original') return together(policy, 'identify', user, anonymous);
  const ids = [...idsOf(policy, user), ...devices(policy, text('$device_id'), anonymous)];
  return ids.length === 0 ? 'none' : { type: 'Identify', ids };
}

/** Exactly two ids are merged. */
function mergeOf(policy: Policy, sent: Json | undefined): Command | 'none' {
  const [one, other, ...rest] = (listOf(sent) ?? []).map((id) => textOf(id) ?? '');
  return one === undefined || other === undefined || rest.length > 0 ? 'none' : together(policy, 'merge', one, other);
}

/** Two ids said to be one person: an edit in the original merge; else a device with a user is evidence, and two of one kind are merged. */
function together(policy: Policy, how: 'identify' | 'alias' | 'merge', one: string, other: string): Command | 'none' {
  const [first] = idsOf(policy, one);
  const [second] = idsOf(policy, other);
  if (first === undefined || second === undefined) return 'none';
  if (policy.mixpanel === 'original') return { type: 'Join', how, one: first, other: second };
  return first.kind === second.kind
    ? { type: 'Merge', one: first, other: second }
    : { type: 'Identify', ids: [first, second] };
}

/**
 * The devices an `$identify` speaks of. An SDK whose user changed without a reset sends the former user as the anonymous
 * id, so one without a prefix is a device only if it has the shape of one and no device is named.
 */
function devices(policy: Policy, device: string, anonymous: string): readonly Identifier[] {
  const named = [
    device,
    anonymous.startsWith(DEVICE_PREFIX) || (device === '' && guid.test(anonymous)) ? anonymous : '',
  ]
    .map((id) => real(policy, withoutPrefix(id)))
    .filter((id) => id !== undefined);
  return [...new Set(named)].map((value) => ({ kind: 'device', value }));
}

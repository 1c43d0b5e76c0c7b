/**
 * mParticle's names of identity types and our kinds, so that one human is one person whichever SDK saw them.
 * Source: the identity API's spelling and the batch spelling.
 */

const ours: Readonly<Record<string, string>> = {
  customerid: 'user',
  device_application_stamp: 'device',
  mobile_number: 'phone',
};

const theirs: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ours).map(([name, kind]) => [kind, name]),
);

/** Every identity type of the identity API, user types first. */
export const identityTypes: readonly string[] = [
  ...['customerid', 'email', 'other', ...Array.from({ length: 9 }, (_, i) => `other${i + 2}`)],
  ...['mobile_number', 'phone_number_2', 'phone_number_3', 'facebook', 'facebookcustomaudienceid', 'google'],
  ...['twitter', 'microsoft', 'yahoo', 'alias'],
  ...['device_application_stamp', 'ios_idfa', 'ios_idfv', 'android_aaid', 'android_uuid', 'amp_id', 'push_token'],
  ...['roku_aid', 'roku_publisher_id', 'fire_aid', 'microsoft_aid', 'microsoft_publisher_id'],
];

const known = new Set(identityTypes);

/** Our kind for an identity type in the identity API's spelling; undefined when there is no such type. */
export const kindOf = (type: string): string | undefined =>
  known.has(type) ? (Object.hasOwn(ours, type) ? ours[type] : type) : undefined;

/** The identity API's spelling of one of our kinds. */
export const typeOf = (kind: string): string => (Object.hasOwn(theirs, kind) ? (theirs[kind] as string) : kind);

/** What the rules say, with kinds under the names that the caller uses for them. */
export const inTheirWords = (reason: string): string =>
  reason.replace(/\b(?:user|device|phone)\b/g, (kind) => typeOf(kind));

/** Our kind for a name of a batch's `user_identities`: `customer_id`, `other_id_2`, `facebook_custom_audience_id` … */
export function kindOfBatchName(name: string): string | undefined {
  if (name === 'customer_id') return kindOf('customerid');
  if (name === 'facebook_custom_audience_id') return kindOf('facebookcustomaudienceid');
  return kindOf(name.replace(/^other_id_/, 'other'));
}

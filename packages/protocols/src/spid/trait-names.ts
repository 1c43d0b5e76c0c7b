import { spidProfile } from '@selfsame/identity';

/** Profile data that only the platform itself sets; clients' traits of these names are left out. */
const protectedNames = spidProfile;

/** Properties that every server event carries; traits of these names are ignored, also where we have no value. */
export const standardNames = [
  'Version',
  'Revision',
  'SPiD ID',
  'Client',
  'ip',
  'User agent',
  'Age',
  'Gender',
  'User status',
  'Registered',
  'Tracking ref',
  'Tracking tag',
  'Flow',
] as const;

/** What a signer adds beside the traits. */
export const metadataNames: ReadonlySet<string> = new Set(['algorithm', 't', 'sub']);

const reserved: ReadonlySet<string> = new Set([...protectedNames, ...standardNames]);

/** May a client set a trait of this name? */
export const isClientTrait = (name: string): boolean => !reserved.has(name);

import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from './whole-file.ts';

/** What an installation makes up once and keeps in its data directory, readable by its owner only. */
export interface Secrets {
  /** Key of the person ids and, for another purpose each, of whatever else the server signs for itself. base64url. */
  readonly installation: string;
  /** Keys of the project `demo`, served when there is no settings file. */
  readonly demo: {
    readonly publicKey: string;
    readonly serverKey: string;
    readonly signingSecret: string;
    readonly xo: string;
  };
}

/** Reads `secrets.json` of a data directory, made on first use. @throws Error when it is there and cannot be read. */
export function loadSecrets(directory: string): Secrets {
  mkdirSync(directory, { recursive: true });
  const found = readSecrets(directory);
  if (found !== undefined) return found;
  const secrets = makeSecrets();
  writeWhole(fileOf(directory), secrets);
  return secrets;
}

/** The same where nothing may be made. @throws Error when it is there and cannot be read. */
export function readSecrets(directory: string): Secrets | undefined {
  const file = fileOf(directory);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read: restore it from a backup. A new one would give every person a new id.`);
  }
}

const fileOf = (directory: string): string => join(directory, 'secrets.json');

/** A key for one purpose of an installation's secret (S8). */
export const keyFor = ({ installation }: Secrets, purpose: string): Uint8Array =>
  createHmac('sha256', Buffer.from(installation, 'base64url')).update(purpose).digest();

/** Tells an installation from others; no secret. */
export const installationOf = (secrets: Secrets): string =>
  createHmac('sha256', keyFor(secrets, 'person-ids')).update('installation').digest('hex').slice(0, 16);

const makeSecrets = (): Secrets => ({
  installation: randomBytes(32).toString('base64url'),
  demo: {
    publicKey: randomBytes(16).toString('hex'),
    serverKey: `srv_${randomBytes(32).toString('base64url')}`,
    signingSecret: `sig_${randomBytes(32).toString('base64url')}`,
    xo: randomUUID(),
  },
});

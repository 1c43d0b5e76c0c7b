import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seal, unseal } from './seal.ts';
import { givenKey, HOW, readKey, type SecretsKey } from './secrets-key.ts';
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

/** `secrets.json` where a key outside the data directory locks it. */
interface Locked {
  /** Of the key: {@link SecretsKey.id}. */
  readonly key: string;
  /** Where the key was when it was locked, so that whoever reads a data directory of this machine need not be told. */
  readonly keyFile?: string;
  readonly sealed: string;
}

/** The secrets of a data directory, and the key that locks them there, if any. */
export interface Opened {
  readonly secrets: Secrets;
  readonly key?: SecretsKey;
}

/** Bound into what is sealed. */
const PURPOSE = 'selfsame secrets.json';

/**
 * Opens `secrets.json` of a data directory, made on first use. Where a key is given, in this file or in the
 * environment, it is locked under it from now on; the file is made with it if neither is there.
 * @throws Error when it is there and cannot be read, or the key is missing or another.
 */
export function loadSecrets(directory: string, keyFile?: string): Opened {
  mkdirSync(directory, { recursive: true });
  const found = read(directory);
  if (found !== undefined && isLocked(found)) return unlock(directory, found, keyFile);
  const key = givenKey(directory, keyFile, true);
  const secrets = found ?? makeSecrets();
  if (found === undefined || key !== undefined) writeSecrets(directory, secrets, key);
  return { secrets, ...(key === undefined ? {} : { key }) };
}

/** The same where nothing may be made. @throws Error as {@link loadSecrets}. */
export function openSecrets(directory: string): Opened | undefined {
  const found = read(directory);
  return found && (isLocked(found) ? unlock(directory, found) : { secrets: found });
}

/** What a data directory holds, if any. @throws Error as {@link loadSecrets}. */
export const readSecrets = (directory: string): Secrets | undefined => openSecrets(directory)?.secrets;

/** Locks the secrets under this key, or under none. One file, whole or not at all, also beside a running server. */
export function writeSecrets(directory: string, secrets: Secrets, key: SecretsKey | undefined): void {
  const locked = key && {
    key: key.id,
    ...(key.file === undefined ? {} : { keyFile: key.file }),
    sealed: seal(key.bytes, PURPOSE, secrets),
  };
  writeWhole(fileOf(directory), locked ?? secrets);
}

const fileOf = (directory: string): string => join(directory, 'secrets.json');

const isLocked = (found: Secrets | Locked): found is Locked => 'sealed' in found;

function read(directory: string): Secrets | Locked | undefined {
  const file = fileOf(directory);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Secrets | Locked;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read: restore it from a backup. A new one would give every person a new id.`);
  }
}

function unlock(directory: string, { key: id, keyFile, sealed }: Locked, given?: string): Opened {
  const file = fileOf(directory);
  const named = givenKey(directory, given, false);
  // Where it was comes second: after a change of keys whoever starts the server may still name the one before.
  const noted = named?.id === id || keyFile === undefined ? undefined : readKey(directory, keyFile);
  const key = noted?.id === id ? noted : (named ?? noted);
  if (key === undefined)
    throw new Error(
      `${file} is locked, and its key ${id} is not there${keyFile === undefined ? '' : ` (it was in ${keyFile})`}: ${HOW}; without it every person would get a new id`,
    );
  if (key.id !== id)
    throw new Error(`${file} is locked with the key ${id}; ${key.file ?? 'the environment'} has ${key.id}: ${HOW}`);
  const secrets = unseal(key.bytes, PURPOSE, sealed) as Secrets | undefined;
  if (secrets === undefined) throw new Error(`${file} is damaged: restore it from a backup`);
  return { secrets, key };
}

/** How a file of the data directory that holds secrets is written and read (S3). */
export interface Vault {
  /** What is written of a value. */
  close(value: object): object;
  /** The value that was written, locked or not. @throws Error when it was locked by another installation. */
  open(written: object): unknown;
  /** Is it written as `close` would? */
  fits(written: object): boolean;
}

/**
 * Locks a file as `secrets.json` is: under a key made of what that holds, so that a change of the key outside touches
 * one file; and not at all where that is not.
 */
export function vaultOf({ secrets, key }: Opened, name: string): Vault {
  const own = keyFor(secrets, `locked ${name}`);
  return {
    close: (value) => (key === undefined ? value : { sealed: seal(own, name, value) }),
    open(written) {
      if (!('sealed' in written)) return written;
      const value = typeof written.sealed === 'string' ? unseal(own, name, written.sealed) : undefined;
      if (value === undefined) throw new Error(`${name} was locked by another installation`);
      return value;
    },
    fits: (written) => 'sealed' in written === (key !== undefined),
  };
}

/** Of a file that holds no secret. */
export const unlocked: Vault = { close: (value) => value, open: (written) => written, fits: () => true };

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

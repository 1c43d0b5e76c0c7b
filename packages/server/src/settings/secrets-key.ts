import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { giveToOwnerOf, syncFolder } from './whole-file.ts';

/** The key under which an installation's secrets lie, kept outside its data directory (S3). */
export interface SecretsKey {
  /** 32 bytes. */
  readonly bytes: Uint8Array;
  /** Tells it from others and says nothing of it. */
  readonly id: string;
  /** Where it was read; absent: in the environment. */
  readonly file?: string;
  /** It was made just now. */
  readonly made?: true;
}

/** The key itself, base64 of 32 bytes; it comes before any file. */
const VALUE = 'SELFSAME_SECRETS_KEY';
const FILE = 'SELFSAME_SECRETS_KEY_FILE';

/** What to do where the key is not at hand. */
export const HOW = `name its file in ${FILE}, or put the key itself in ${VALUE}`;

/**
 * The key that was given: in the environment, in this file, or in the file that the environment names. A file that is
 * missing is made where `make` says so.
 * @throws Error when it cannot be read, is no key, or lies in the data directory.
 */
export function givenKey(directory: string, file: string | undefined, make: boolean): SecretsKey | undefined {
  const value = process.env[VALUE];
  if (value !== undefined && value !== '') return keyOf(value, VALUE);
  const named = file ?? process.env[FILE];
  if (named === undefined || named === '') return undefined;
  return readKey(directory, named) ?? (make ? makeKey(directory, named) : undefined);
}

/** The key in a file, outside the data directory; undefined where there is no file. @throws Error as {@link givenKey}. */
export function readKey(directory: string, file: string): SecretsKey | undefined {
  const path = resolve(file);
  if (!/^\.\.(\/|$)/.test(relative(real(directory), join(real(dirname(path)), basename(path)))))
    throw new Error(`${path} is in the data directory: a key beside what it locks locks nothing; keep it elsewhere`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new Error(`the key of the secrets in ${path} cannot be read (${code}): check its owner`, { cause });
  }
  return { ...keyOf(text, path), file: path };
}

/** Makes a key in a file that only the owner of the data directory reads; it is on stable storage when this returns. @throws Error */
export function makeKey(directory: string, file: string): SecretsKey {
  const path = resolve(file);
  const text = randomBytes(32).toString('base64');
  try {
    writeFileSync(path, `${text}\n`, { mode: 0o600, flag: 'wx', flush: true });
    giveToOwnerOf(directory, path);
    syncFolder(dirname(path));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(`the key of the secrets cannot be made in ${path} (${code}): make it, openssl rand -base64 32`, {
      cause,
    });
  }
  return { ...keyOf(text, path), file: path, made: true };
}

/** The directory as it is named without links; as it is where there is none yet. */
function real(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    return resolve(directory);
  }
}

function keyOf(text: string, place: string): SecretsKey {
  const bytes = Buffer.from(text.trim(), 'base64');
  if (!/^[\w+/-]{43}=?$/.test(text.trim()) || bytes.length !== 32)
    throw new Error(`${place} is no key: it must be base64 of 32 bytes, as openssl rand -base64 32 makes it`);
  return { bytes, id: createHmac('sha256', bytes).update('selfsame key id').digest('hex').slice(0, 12) };
}

import { openSecrets, writeSecrets } from './secrets.ts';
import { makeKey, readKey } from './secrets-key.ts';

/**
 * Locks the secrets of a data directory under the key in a file, made if missing: for the first time, or in the place of
 * another key. A server may be running on it; it has read them.
 * @returns was the key made? @throws Error when there are no secrets, or the key they are under is not there.
 */
export function lockSecrets(directory: string, file: string): 'made' | 'found' {
  const { secrets } = opened(directory);
  const found = readKey(directory, file);
  writeSecrets(directory, secrets, found ?? makeKey(directory, file));
  return found === undefined ? 'made' : 'found';
}

/** Leaves them readable for whoever reads the directory. @throws Error as {@link lockSecrets}. */
export const unlockSecrets = (directory: string): void => writeSecrets(directory, opened(directory).secrets, undefined);

function opened(directory: string) {
  const found = openSecrets(directory);
  if (found === undefined) throw new Error(`there is no secrets.json in ${directory}: start a server on it first`);
  return found;
}

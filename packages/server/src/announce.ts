import { join } from 'node:path';
import type { RunningServer } from './start.ts';

/** Holds the token to sign in with, for its owner only. */
export const tokenFileOf = (directory: string): string => join(directory, 'console-token');

/**
 * Prints what to open. The sign-in link is shown to a person at a terminal only: what is printed elsewhere is kept in
 * journals that others read, so there it says which file holds the token.
 */
export function announce(
  { url, loginUrl, context }: RunningServer,
  directory: string,
  fingerprint: string | undefined,
): void {
  const lines = [
    `Selfsame answers at ${url}`,
    process.stdout.isTTY ? `  console   ${loginUrl}` : `  console   ${url}/login, token in ${tokenFileOf(directory)}`,
    ...(context.shopPath === null ? [] : [`  demo shop ${url}${context.shopPath}`]),
    ...context.projects.all.map(({ id, publicKey }) => `  project   ${id}, public key ${publicKey}`),
    ...(fingerprint === undefined ? [] : [`  certificate SHA-256 ${fingerprint}`]),
  ];
  console.log(lines.join('\n'));
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Where `npm run conformance` installs the clients that only it runs. */
export const clientsFolder = join(import.meta.dirname, '../clients');

const load = createRequire(join(clientsFolder, 'package.json'));

/** A client for Node as published; the caller knows its shape. */
export const client = <T>(name: string): T => load(name) as T;

/** A file of a published package. */
export const clientFile = (path: string): Buffer => readFileSync(clientPath(path));

/** A package's own name and version, also where it is installed under another name. */
export function labelOf(name: string): string {
  const { name: own, version } = JSON.parse(String(clientFile(`${name}/package.json`))) as Record<string, string>;
  return `${own} ${version}`;
}

/** The way to a file of a published package. */
export const clientPath = (path: string): string => join(clientsFolder, 'node_modules', path);

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const read = new Map<string, string | undefined>();

/** A file of an npm package as it was published, or undefined when the package is not installed. Read once. */
export function publishedScript(file: string): string | undefined {
  if (!read.has(file)) read.set(file, readPublished(file));
  return read.get(file);
}

function readPublished(file: string): string | undefined {
  try {
    return readFileSync(createRequire(import.meta.url).resolve(file), 'utf8');
  } catch {
    return undefined;
  }
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const paths = { mparticle: '@mparticle/web-sdk/dist/mparticle.js' } as const;
const read = new Map<string, string | undefined>();

/** A vendor's browser SDK as the vendor published it, or undefined when its package is not installed. Read once. */
export function vendorScript(vendor: keyof typeof paths): string | undefined {
  if (!read.has(vendor)) read.set(vendor, readPublished(paths[vendor]));
  return read.get(vendor);
}

function readPublished(path: string): string | undefined {
  try {
    return readFileSync(createRequire(import.meta.url).resolve(path), 'utf8');
  } catch {
    return undefined;
  }
}

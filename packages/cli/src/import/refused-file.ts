import { appendFileSync, rmSync } from 'node:fs';
import { isFields, type Source } from './outgoing.ts';

/**
 * What an import did not take, beside the file it read: a line each with its place, the reason and the item, ready to be
 * mended and imported again.
 */
export interface RefusedFile {
  readonly path: string;
  add(source: Source, reason: string): void;
}

/** Begins anew unless the import goes on where it stopped. */
export function openRefused(file: string, goesOn: boolean): RefusedFile {
  const path = `${file}.refused.ndjson`;
  if (!goesOn) rmSync(path, { force: true });
  return {
    path,
    add: ({ number, value }, reason) =>
      appendFileSync(path, `${JSON.stringify({ line: number, reason, item: value })}\n`),
  };
}

/** An item as it stood before it was refused; any other is itself. The place it then had goes into insert ids we make. */
export function unwrapped(value: unknown, number: number): Source {
  if (!isFields(value) || Object.keys(value).length !== 3 || typeof value['reason'] !== 'string')
    return { number, value };
  const { line, item } = value;
  return Number.isSafeInteger(line) && 'item' in value ? { number: line as number, value: item } : { number, value };
}

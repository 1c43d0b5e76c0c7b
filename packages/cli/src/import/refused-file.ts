import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { OWN_FILE } from '../own-file.ts';
import { isFields, type Source } from './outgoing.ts';

/**
 * What an import did not take, beside the file it read: a line each with its place, the reason and the item, ready to be
 * mended and imported again.
 */
export interface RefusedFile {
  readonly path: string;
  add(source: Source, reason: string): void;
  /** The import is over: what an earlier one refused is of no use any more. */
  finish(): void;
}

/**
 * Begins anew unless the import goes on where it stopped; not before there is something to write, for an import that
 * cannot even begin should not cost the list of the one before.
 */
export function openRefused(file: string, goesOn: boolean): RefusedFile {
  const path = `${file}.refused.ndjson`;
  let isOurs = goesOn;
  return {
    path,
    add({ number, value }, reason) {
      const line = `${JSON.stringify({ line: number, reason, item: value })}\n`;
      if (isOurs) appendFileSync(path, line, OWN_FILE);
      else writeFileSync(path, line, OWN_FILE);
      isOurs = true;
    },
    finish() {
      if (!isOurs) rmSync(path, { force: true });
    },
  };
}

/** Does a file begin as one of these? */
export const isRefusedFile = (start: string): boolean => /^\s*\{"line":\d+,"reason":"/.test(start);

/** An item as it stood before it was refused; any other is itself. The place it then had goes into insert ids we make. */
export function unwrapped(value: unknown, number: number): Source {
  if (!isFields(value) || Object.keys(value).length !== 3 || typeof value['reason'] !== 'string')
    return { number, value };
  const { line, item } = value;
  return Number.isSafeInteger(line) && 'item' in value ? { number: line as number, value: item } : { number, value };
}

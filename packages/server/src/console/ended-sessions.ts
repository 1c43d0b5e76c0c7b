import { readFileSync } from 'node:fs';
import type { Instant } from '@selfsame/identity';
import { writeWhole } from '../settings/whole-file.ts';

/** Sessions that were signed out before their end, kept over a restart: a copy of the cookie opens nothing (S36). */
export interface EndedSessions {
  has(id: string): boolean;
  /** @param until when the session would have ended by itself, ms */
  add(id: string, until: Instant, now: Instant): void;
}

/** @param file where they are kept; absent: in memory only */
export function openEndedSessions(file?: string): EndedSessions {
  const ended = new Map<string, Instant>(file === undefined ? [] : Object.entries(read(file)));
  return {
    has: (id) => ended.has(id),
    add(id, until, now) {
      for (const [one, end] of ended) if (end <= now) ended.delete(one);
      ended.set(id, until);
      if (file !== undefined) writeWhole(file, Object.fromEntries(ended));
    },
  };
}

function read(file: string): Record<string, Instant> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Instant>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${file} cannot be read: restore it, or delete it; then sessions that were signed out open again.`);
  }
}

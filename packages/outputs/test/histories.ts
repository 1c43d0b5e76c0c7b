import { login, logout, merge, track, trait, undo } from './items.ts';

/** What chance begins with; `SELFSAME_SEED` gives a run again. */
export const seed = Number(process.env['SELFSAME_SEED']);

/** Numbers from 0 up to 1, the same for the same seed. */
export function chance(from: number): () => number {
  let state = from | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Something that few people do on few devices; `claims` are entries that may be taken back or put back. */
export function anything(random: () => number, n: number, claims: readonly number[]) {
  const pick = (prefix: string, count: number) => `${prefix}${Math.floor(random() * count)}`;
  const what = random();
  const [device, user] = [pick('device:d', 3), pick('user:u', 4)];
  if (what < 0.4) return track(`e${n}`, device);
  if (what < 0.55) return track(`e${n}`, user, device);
  if (what < 0.7) return login(user, device);
  if (what < 0.77) return logout(device);
  if (what < 0.87) return merge(user, pick('user:u', 4));
  if (what < 0.91 || claims.length === 0) return trait(user, 'n', n);
  const claim = claims[Math.floor(random() * claims.length)] as number;
  return undo(random() < 0.6 ? 'Retract' : 'Restore', claim);
}

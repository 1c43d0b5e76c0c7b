import type { PersonId } from '@selfsame/identity';
import type { Account, Books, Change, DeadLetter, Listed, Mark } from './books.ts';
import { placeKey } from './source.ts';

interface Kept {
  account: Omit<Account, 'listed'>;
  readonly listed: Map<string, Listed>;
  readonly dead: Map<string, DeadLetter>;
  readonly marks: Map<PersonId, Mark>;
}

/** Books that are gone with the process: for replays, and for tests. */
export function createMemoryBooks(): Books {
  const all = new Map<string, Kept>();
  return {
    open(output) {
      const kept = all.get(output);
      return kept && { ...kept.account, listed: inOrder(kept.listed.values()) };
    },
    save(output, { cursor, state, reason, nextAt, sent, list, unlist, dead, marks }: Change) {
      let kept = all.get(output);
      if (kept === undefined) {
        kept = {
          account: { begun: cursor, cursor, state, reason, nextAt, sent: 0 },
          listed: new Map(),
          dead: new Map(),
          marks: new Map(),
        };
        all.set(output, kept);
      }
      kept.account = { begun: kept.account.begun, cursor, state, reason, nextAt, sent: kept.account.sent + sent };
      for (const place of unlist) kept.listed.delete(placeKey(place));
      for (const one of list) kept.listed.set(placeKey(one), one);
      for (const letter of dead) kept.dead.set(placeKey(letter), letter);
      for (const [person, { sequence, gap }] of marks) {
        const before = kept.marks.get(person)?.sequence ?? 0;
        kept.marks.set(person, { sequence: Math.max(before, sequence), gap });
      }
    },
    mark: (output, person) => all.get(output)?.marks.get(person),
    dead(output, after, limit) {
      const letters = inOrder(all.get(output)?.dead.values() ?? []);
      const page = letters.filter(
        (one) => one.position > after.position || (one.position === after.position && one.part > after.part),
      );
      return { letters: page.slice(0, limit), total: letters.length };
    },
    bury(output, places) {
      for (const place of places) all.get(output)?.dead.delete(placeKey(place));
    },
    drop: (output) => void all.delete(output),
    close() {},
  };
}

const inOrder = <T extends { readonly position: number; readonly part: number }>(places: Iterable<T>): readonly T[] =>
  [...places].sort((a, b) => a.position - b.position || a.part - b.part);

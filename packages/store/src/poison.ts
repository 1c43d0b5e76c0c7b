import type { Entry, Verdict } from '@selfsame/identity';
import { Overlay, step } from '@selfsame/identity';
import { decideGroup, type Group, type Item } from './decide-group.ts';
import { type Loaded, StoreError } from './store.ts';

/** [Q1] The verdict on an item the rules failed on; a replay of the log leaves such an entry alone. */
const unprocessable = (failure: string): Verdict => ({
  status: 'quarantined',
  rule: 'Q1',
  reason: 'the rules could not process this item; it is kept for replay',
  notes: [],
  failure,
});

/** The items of a group that the rules fail on, and how. */
export type Poisoned = ReadonlyMap<Item, string>;

/** An item that made the rules throw: a bug of ours, not the sender's. */
export class Poison extends Error {
  constructor(cause: unknown) {
    super('the rules failed on an item', { cause });
    this.name = 'Poison';
  }
}

/**
 * Asks the rules about one entry. A draft is half changed when they fail, so the whole group must be decided again.
 * @throws Poison when the rules fail · StoreError when the storage does.
 */
export function decideOrThrow(loaded: Loaded, poison: Poisoned): (item: Item, entry: Entry) => Verdict {
  return (item, entry) => {
    try {
      const failure = poison.get(item);
      if (failure !== undefined && failsOn(loaded, entry)) return unprocessable(failure);
      return step(loaded.draft(entry.project), loaded.rules(entry.project), entry);
    } catch (error) {
      throw error instanceof StoreError ? error : new Poison(error);
    }
  };
}

/** Do they fail on it still? So it is known what was read of the graph when they did. @throws StoreError */
function failsOn(loaded: Loaded, entry: Entry): boolean {
  const draft = loaded.draft(entry.project);
  try {
    step(new Overlay(draft, () => draft.nextNumber()), loaded.rules(entry.project), entry);
    return false;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    return true;
  }
}

/**
 * Every item of a group that the rules fail on, in one pass: each is tried on a copy, which is thrown away if they do.
 * Spoils what was loaded: load again. @throws StoreError when the storage fails.
 */
export async function findPoison(group: Group, loaded: Loaded, at: number): Promise<Poisoned> {
  const poison = new Map<Item, string>();
  const decide = (item: Item, entry: Entry): Verdict => {
    const draft = loaded.draft(entry.project);
    const copy = new Overlay(draft, () => draft.nextNumber());
    try {
      const verdict = step(copy, loaded.rules(entry.project), entry);
      copy.applyTo(draft);
      return verdict;
    } catch (error) {
      if (error instanceof StoreError) throw error;
      const failure = failureOf(error);
      poison.set(item, failure);
      return unprocessable(failure);
    }
  };
  await decideGroup(group, { loaded, at, decide });
  return poison;
}

/** `TypeError at deciding/merge.ts:41`: the kind of an error and where it began. Its words may name somebody (S40). */
function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'something that is no error was thrown';
  const { stack = '', message } = error;
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n');
  const frame = frames.find((line) => line.includes('.ts:') || line.includes('.js:'));
  const [file, line] = frame?.split('/').slice(-2).join('/').split(':') ?? [];
  return file === undefined ? error.constructor.name : `${error.constructor.name} at ${file}:${line}`;
}

import {
  anchorWithout,
  Copies,
  type Entry,
  type Graph,
  keyOf,
  ownerAt,
  type Policy,
  type Undone,
  type Verdict,
} from '@selfsame/identity';
import type { SimulatedQuality } from '../../api.ts';
import { compare, type Given, isLogin, nameOf, truthOf, Unnamed } from '../../quality/index.ts';
import { isTold } from './outlook.ts';
import type { Task } from './words.ts';

interface Noted {
  readonly entry: Entry;
  readonly anchor: ReturnType<typeof anchorWithout>['anchor'];
  readonly human: string;
}

/** What a log holds of which somebody knows the human. */
export class KnownTruth {
  readonly #humans: ReadonlyMap<string, string>;
  readonly #noted: Noted[] = [];
  readonly #copies = new Copies();
  readonly #unnamed = new Unnamed();

  constructor(truth: NonNullable<Task['truth']>) {
    this.#humans = new Map(truth.map(({ insertId, human }) => [insertId, human]));
  }

  /** Takes down one entry, in the order of the log. */
  take(policy: Policy, entry: Entry, verdict: Verdict): void {
    // Who was ever named with a device is said by all of the log.
    this.#unnamed.take(entry);
    const human = entry.insertId === undefined ? undefined : this.#humans.get(entry.insertId);
    if (human === undefined || !isTold(verdict)) return;
    this.#copies.take(entry);
    this.#noted.push({ entry, anchor: anchorWithout(policy, entry, verdict).anchor, human });
  }

  /**
   * Makes what compares a graph with it: of several copies of an event, the one that counts without what is taken back.
   * @throws Error when no event of the truth is in the log
   */
  judge(undone: Undone): (graph: Graph, policy: Policy) => SimulatedQuality {
    const counted = this.#copies.under((copy) => !undone.covers(copy));
    const noted = this.#noted.filter(({ entry }) => counted(entry.position) === entry.position);
    const truth = truthOf(
      noted.map(({ entry }) => ({ statement: entry, at: entry.at })),
      noted.map(({ human }) => human),
      undefined,
      this.#unnamed,
    );
    const events = truth.seen.filter((one) => one !== undefined).length;
    if (events === 0) throw new Error('no event of the truth is in the log, so nothing can be compared');
    return (graph, policy) => {
      const quality = compare(
        truth,
        noted.map((one) => givenTo(graph, policy, one)),
      );
      const { precision, strictPrecision, recall, f, wrongAnonymous } = quality;
      return { events, precision, strictPrecision, recall, f, wrongAnonymous };
    };
  }
}

function givenTo(graph: Graph, policy: Policy, { entry, anchor }: Noted): Given | undefined {
  if (entry.command.type !== 'Track') return undefined;
  const owner = anchor === undefined ? undefined : ownerAt(graph, policy, keyOf(anchor), entry.time);
  if (owner === undefined) return { person: undefined, login: undefined };
  return { person: owner.key, login: isLogin(policy, owner.id) ? nameOf(owner.id) : undefined };
}

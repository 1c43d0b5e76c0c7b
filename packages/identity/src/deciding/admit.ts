import type { Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Entry } from '../words/command.ts';
import type { Unchanged } from '../words/fact.ts';
import { type Identifier, keyOf, type Position } from '../words/ids.ts';
import { type Judged, rejected, suppressed } from '../words/verdict.ts';
import { type Believed, believable, believableQuestion } from './believe.ts';
import { readIds } from './read-ids.ts';
import { leftByConsent, type WhoseNo } from './whose-no.ts';

/** What the rules that all commands share must know of one. */
export interface Named {
  readonly ids: readonly Identifier[];
  /** Why the command cannot be about those it names, if so: nobody ([A3]), one alone ([M4]), a profile there is not. */
  readonly unfit?: ((ids: readonly Identifier[]) => Judged<'rejected'> | undefined) | undefined;
  readonly whoseNo: WhoseNo;
  /** What it was done on, where its wire says so beside the names ([A4]). */
  readonly device?: Identifier | undefined;
  /** How much of it a public key is believed: as evidence ([E1], [E2]), as a question ([E3]), or all, for its own rules say. */
  readonly belief: 'evidence' | 'question' | 'all';
}

/** A command that may go on, with the identifiers that count. */
export interface Admitted extends Believed {
  /** All that it names, strongest first, and their nodes. */
  readonly named: readonly Identifier[];
  readonly met: readonly (Node | undefined)[];
  /** It is a later copy whose evidence counts, and no event of its own. */
  readonly copy: 'D2' | 'D3' | undefined;
}

/** A command that goes no further, and changes nothing. */
export interface Stopped {
  readonly verdict: Unchanged['verdict'];
  readonly named: readonly Identifier[];
  readonly met: readonly (Node | undefined)[];
}

/** [A6] What every command is asked, in this order; the first rule that stops it is the verdict. */
export function admit(
  graph: Graph,
  policy: Policy,
  entry: Entry,
  { ids, unfit, whoseNo, device, belief }: Named,
): Admitted | Stopped {
  const read = readIds(policy, ids, entry.without, entry.scar !== undefined);
  if ('problem' in read) return { verdict: rejected('V1', read.problem), named: [], met: [] };
  const named = read.ids;
  // [D1] A repeated insert id has no effect, [D2] unless its wire keeps the latest copy: then its evidence counts.
  if (entry.repeats !== undefined && entry.repeat?.keep !== 'latest')
    return { verdict: duplicate(entry.repeats), named, met: [] };
  const wrong = unfit?.(named);
  if (wrong !== undefined) return { verdict: wrong, named, met: [] };
  const met = named.map((id) => graph.node(keyOf(id)));
  const left = leftByConsent(graph, policy, entry, whoseNo, named, met, device);
  if (left === undefined) return { verdict: suppressed(), named, met };
  const believed = belief === 'all' ? { ids: left, notes: [] } : beliefs[belief](graph, policy, entry, left);
  // [D3] Of a page's copy and a backend's the backend's is the event; what each says of who is who counts for what it is.
  const copy = entry.outrankedBy !== undefined ? 'D3' : entry.repeats !== undefined ? 'D2' : undefined;
  return { ids: believed.ids, unverified: believed.unverified, notes: believed.notes, named, met, copy };
}

const beliefs = { evidence: believable, question: believableQuestion };

const duplicate = (repeats: Position): Judged<'duplicate'> => ({ status: 'duplicate', rule: 'D1', repeats, notes: [] });

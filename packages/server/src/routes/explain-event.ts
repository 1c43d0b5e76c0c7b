import {
  type Explanation,
  explain,
  explainOne,
  type Graph,
  type IdentifierKey,
  type Policy,
  type Position,
} from '@selfsame/identity';
import type { EventRow } from '@selfsame/store';
import type { ExplainAnswer } from '../api.ts';
import { askAsOf } from './columns-as-of.ts';
import { explained } from './explanation-view.ts';
import type { Then } from './inputs.ts';
import { askOf, type Call, graphThen, positionOf } from './route.ts';
import { type Ask, ownedEventViews } from './stored-event.ts';

const told = (says: string) => ({ how: 'tell', says }) as const;

const neverSeen = {
  a: {
    reason: 'we have never seen this identifier',
    would: told('an item that names it: until then it is nobody’s'),
  },
  event: {
    reason: 'we have never seen an event with this insert id',
    would: told('an event with this insert id: until then there is nothing to compare'),
  },
  both: {
    reason: 'we have never seen either',
    would: told('the event, and an item that names the identifier: until then there is nothing to compare'),
  },
} as const;

/** Why an event is of the person who has an identifier, or why not: now, or as it was known. */
export async function explainEvent(
  call: Pick<Call, 'context' | 'project' | 'policy'>,
  insertId: string,
  key: IdentifierKey,
  asOf: Position | Then | undefined,
): Promise<ExplainAnswer> {
  const { context, policy } = call;
  const rows = await rowsOf(call, insertId, key, asOf);
  const anchors = rows.flatMap(({ anchor }) => anchor ?? []);
  const keys = [key, ...anchors];
  const { isSeen, answers } = await askOf(call, asOf, keys, (graph) => ({
    isSeen: graph.node(key) !== undefined,
    answers: rows.map((row) => ({ row, found: whoseIs(graph, policy, row, key) })),
  }));
  const unseen = [...(isSeen ? [] : (['a'] as const)), ...(rows.length === 0 ? (['event'] as const) : [])];
  if (unseen.length > 0)
    return {
      same: false,
      refusal: {
        rule: 'P1',
        ...neverSeen[unseen.length === 2 ? 'both' : (unseen[0] ?? 'event')],
        unseen,
      },
    };
  // An insert id may stand for several: what is theirs comes first, then what came last.
  const { row, found } = answers.find((one) => one.found.same) ?? (answers.at(-1) as (typeof answers)[number]);
  const ask: Ask = (question) => askOf(call, asOf, keys, question);
  const [event] = await ownedEventViews([row], { ...context, ask, policy });
  return { ...explained(found), ...(event === undefined ? {} : { event }) };
}

/** Events with an insert id: now, or those that stood then. */
async function rowsOf(
  { context, project }: Pick<Call, 'context' | 'project'>,
  insertId: string,
  key: IdentifierKey,
  asOf: Position | Then | undefined,
): Promise<readonly EventRow[]> {
  const { store, columns, projects } = context;
  if (asOf === undefined) return columns.eventsByInsertId(project.id, insertId);
  const position = await positionOf(store, project.id, asOf);
  const graph = await graphThen(context, project, position, [key]);
  const rules = projects.rules(project.id);
  return askAsOf(context, project.id, rules, position, (then) => then.eventsByInsertId(project.id, insertId), graph);
}

/** [A2] An event is of whoever has its anchor at its time. */
function whoseIs(graph: Graph, policy: Policy, { anchor, time }: EventRow, key: IdentifierKey): Explanation {
  if (anchor === null || graph.node(anchor) === undefined)
    return {
      same: false,
      refusal: { rule: 'A3', reason: 'the event names nobody', would: told('the same event with an identifier') },
    };
  const found = explain(graph, policy, anchor, key, time);
  if (!found.same) return found;
  // What a device did while nobody's login reached it is of that visit, and of no person.
  const own = explainOne(graph, policy, anchor, time);
  return own.same ? found : own;
}

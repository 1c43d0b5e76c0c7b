import {
  type Claim,
  type Edge,
  type Entry,
  type Graph,
  type Identifier,
  identifierOf,
  keyOf,
  linksOf,
  type Node,
  namedBy,
  type Policy,
  type Told,
  unkept,
} from '@selfsame/identity';
import type { Decided } from '@selfsame/store';
import * as v from 'valibot';
import { claimShape, undoAnswerShape } from '../api/shapes/undo.ts';
import type { ClaimView, UndoAnswer } from '../api.ts';
import { type Refusal, refusal } from '../http/api-error.ts';
import { claimIn, edgeIn, keyNumbered, nodeOf, readClaimId, toldBy } from '../undo/claim-target.ts';
import { doUndo } from '../undo/do-undo.ts';
import { dryRun } from '../undo/dry-run.ts';
import { historyOf, undosOf } from '../undo/history.ts';
import { simulateChange, undoBody } from './given-questions.ts';
import { dryRunQuery, text } from './inputs.ts';
import { iso } from './iso.ts';
import { type Call, defineRoute, notFound } from './route.ts';

export const claim = defineRoute({
  method: 'GET',
  path: '/v1/claims/:id',
  summary:
    'A claim: who said it, when, by which wire, how far they are trusted, whether it stands, and who took it back or put it back.',
  params: v.object({ id: text(60) }),
  answer: { json: claimShape },
  handle: async (call) => (await viewOf(call, call.params.id))?.view ?? notFound('claim'),
});

export const retractClaim = undoRoute('Retract');
export const restoreClaim = undoRoute('Restore');

function undoRoute(type: 'Retract' | 'Restore') {
  const verb = type === 'Retract' ? 'retract' : 'restore';
  return defineRoute({
    method: 'POST',
    path: `/v1/claims/:id/${verb}`,
    summary:
      type === 'Retract'
        ? 'Takes a claim back: people, links, events and traits then read as if it had never come. Nothing is deleted. With `dryRun=true` it says what would change, and changes nothing; `simulation` then tells how the answers to `questions`, as POST /v1/policy/simulate takes them, would change. Again it does nothing more.'
        : 'Puts a claim back, whoever took it back: one claim of all that an undo took back, for example. `POST /v1/retractions/{position}/restore` undoes one undo and leaves what others hold. With `dryRun=true` it says what would change.',
    params: v.object({ id: text(60) }),
    query: dryRunQuery,
    body: undoBody,
    answer: { json: undoAnswerShape },
    async handle(call): Promise<UndoAnswer | Refusal> {
      const { id } = call.params;
      const found = await viewOf(call, id);
      if (found === undefined) return notFound('claim');
      const { told, isRetracted } = found;
      const { context, project } = call;
      if (call.query.dryRun) {
        const rules = context.projects.rules(project.id);
        const simulation = await simulateChange(call, { undo: unkept({ type, told: [told] }) }, call.body.questions);
        if (typeof simulation === 'object') return simulation;
        return {
          ...{ id, dryRun: true, ...(await dryRun(context.store, project.id, rules, { type, told: [told] })) },
          ...(simulation === undefined ? {} : { simulation }),
        };
      }
      const { reason } = call.body;
      if (reason === undefined) return refusal(400, 'bad_body', 'reason: is missing.');
      if (isRetracted !== (type === 'Retract')) {
        const refused = await doUndo(call, { type, told: [told], reason });
        if (refused !== undefined) return refused;
      }
      const now = (await viewOf(call, id))?.view as ClaimView;
      const last = now.history.at(-1);
      return {
        id,
        stands: now.stands,
        reason: last?.reason ?? reason,
        at: last?.at ?? null,
        by: last?.by ?? null,
        position: (await undosOf(context.store, project.id, told)).at(-1)?.entry.position ?? null,
      };
    },
  });
}

interface Found {
  readonly view: ClaimView;
  readonly told: Told;
  readonly isRetracted: boolean;
}

type Asked = Pick<Call, 'context' | 'project' | 'policy'>;

async function viewOf({ context, project, policy }: Asked, id: string): Promise<Found | undefined> {
  const { store } = context;
  const named = readClaimId(id);
  const decided = named && (await store.at(project.id, named.position));
  if (named === undefined || decided === undefined) return undefined;
  const { number } = named;
  const key = number === undefined ? undefined : keyNumbered(policy, decided, number);
  if (number !== undefined && key === undefined) return undefined;
  const told = toldBy(decided, key);
  const undone = await store.undone(project.id);
  const isRetracted = undone.covers(told.entry, told.ids?.[0]);
  const history = await historyOf(store, project.id, told);
  const said = { ...saidBy(id, decided.entry), history };
  const view = await store.ask(project.id, (graph) => {
    const node = key && nodeOf(graph, key);
    if (key !== undefined && node === undefined) return undefined;
    if (isRetracted) return retractedView(said, decided, node);
    return node === undefined ? mergeView(said, graph, policy, decided) : linkView(said, graph, policy, decided, node);
  });
  return view && { view, told, isRetracted };
}

type Said = ReturnType<typeof saidBy> & Pick<ClaimView, 'history'>;

/** "This identifier belongs to that one": the policy's reading of it, now. */
function linkView(said: Said, graph: Graph, policy: Policy, { entry }: Decided, node: Node): ClaimView | undefined {
  const claim = claimIn(graph, node, entry.position);
  if (claim === undefined) return undefined;
  const { stretches, refusals } = linksOf(graph, policy, node);
  const refusal = refusals.find((one) => one.claim.position === claim.position);
  const link =
    stretches.find((one) => one.claim?.position === claim.position) ??
    stretches.find((one) => one.owner === claim.owner);
  return {
    ...said,
    ...sightOf(claim),
    type: 'link',
    identifier: node.id,
    owner: claim.owner === null ? null : identifierOf(claim.owner),
    stands: refusal === undefined,
    rule: refusal?.rule ?? link?.rule ?? 'S1',
    reason: refusal?.reason ?? null,
  };
}

function mergeView(said: Said, graph: Graph, policy: Policy, decided: Decided): ClaimView | undefined {
  const found = edgeIn(graph, policy, decided);
  if (found === undefined) return forgottenView(said, graph, policy, decided);
  const { node, edge } = found;
  return {
    ...said,
    ...sightOf(edge),
    type: 'merge',
    identifier: node.id,
    owner: identifierOf(edge.other),
    stands: edge.refused === undefined,
    rule: edge.refused ?? (edge.how === 'merge' ? 'M1' : 'J0'),
    reason: edge.refused === undefined ? null : 'the merge was refused',
  };
}

/** [M7] Of refused merges an identifier keeps the latest: the others are in the log alone. */
function forgottenView(said: Said, graph: Graph, policy: Policy, decided: Decided): ClaimView | undefined {
  const { entry, verdict } = decided;
  const { command, time, wire, trust } = entry;
  const isTaken = verdict.status === 'applied' || verdict.rule === 'K6';
  if ((command.type !== 'Merge' && command.type !== 'Join') || !isTaken) return undefined;
  // A device that was merged with whoever uses it is a claim ([M3]).
  const isLink = namedBy(policy, decided).some((key) => {
    const node = graph.node(key);
    return node !== undefined && claimIn(graph, node, entry.position) !== undefined;
  });
  if (isLink) return undefined;
  const reason = 'the merge was refused';
  const { one, other } = command;
  const sight = sightOf({ time, wire, trust });
  return {
    ...said,
    ...sight,
    type: 'merge',
    identifier: one,
    owner: other,
    stands: false,
    rule: verdict.rule ?? 'K6',
    reason,
  };
}

/** [U2] What was taken back is in the log alone. */
function retractedView(said: Said, { entry, verdict }: Decided, node: Node | undefined): ClaimView | undefined {
  const { command, time, wire, trust } = entry;
  const base = { ...said, ...sightOf({ time, wire, trust }), stands: false, rule: 'U2' } as const;
  const reason = `it was taken back: ${said.history.at(-1)?.reason ?? ''}`;
  if (node !== undefined)
    return { ...base, type: 'link', identifier: node.id, owner: ownerIn(entry, verdict.anchor, node), reason };
  if (command.type !== 'Merge' && command.type !== 'Join') return undefined;
  return { ...base, type: 'merge', identifier: command.one, owner: command.other, reason };
}

/** [S1] A claim says that an identifier belongs to the strongest of its item; a logout, to nobody. */
const ownerIn = ({ command }: Entry, anchor: Identifier | undefined, node: Node): Identifier | null =>
  command.type === 'Logout' || anchor === undefined || keyOf(anchor) === node.key ? null : anchor;

const saidBy = (id: string, entry: Entry) => ({
  id,
  at: iso(entry.at) ?? '',
  insertId: entry.insertId ?? null,
  item: entry.command.type,
});

const sightOf = ({ time, wire, trust }: Pick<Claim | Edge, 'time' | 'wire' | 'trust'>) => ({
  time: iso(time) ?? '',
  source: wire,
  trust,
});

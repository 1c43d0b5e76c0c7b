import {
  type Claim,
  type Command,
  canonical,
  type Edge,
  type Entry,
  type Graph,
  type Identifier,
  identifierOf,
  keyOf,
  linksOf,
  type Node,
  type Policy,
  type Position,
  type ProjectId,
} from '@selfsame/identity';
import type { Store } from '@selfsame/store';
import * as v from 'valibot';
import type { ClaimView } from '../api.ts';
import { claimShape } from './answers.ts';
import { text } from './inputs.ts';
import { iso } from './iso.ts';
import { defineRoute, notFound } from './route.ts';

export const claim = defineRoute({
  method: 'GET',
  path: '/v1/claims/:id',
  summary: 'A claim: who said it, when, by which wire, how far they are trusted, and whether it stands.',
  params: v.object({ id: text(60) }),
  answer: { json: claimShape },
  async handle({ context, project, policy, params }) {
    const named = /^c(\d{1,15})(?:\.(\d{1,15}))?$/.exec(params.id);
    const entry = named === null ? undefined : await entryAt(context.store, project.id, Number(named[1]));
    if (entry === undefined) return notFound('claim');
    const graph = context.store.graph(project.id);
    const view =
      named?.[2] === undefined
        ? mergeView(graph, params.id, entry)
        : linkView(graph, policy, params.id, entry, Number(named[2]));
    return view ?? notFound('claim');
  },
});

/** The entry at a position, if it is this project's. */
async function entryAt(store: Store, project: ProjectId, position: Position): Promise<Entry | undefined> {
  const entry = (await store.at(position))?.entry;
  return entry?.project === project ? entry : undefined;
}

/** "This identifier belongs to that one": the policy's reading of it, now. */
function linkView(graph: Graph, policy: Policy, id: string, entry: Entry, number: number): ClaimView | undefined {
  const node = nodesOf(graph, entry).find((one) => one.number === number);
  const claim = node?.claims.find((one) => one.position === entry.position);
  if (node === undefined || claim === undefined) return undefined;
  const { stretches, refusals } = linksOf(graph, policy, node);
  const refusal = refusals.find((one) => one.claim === claim);
  const link = stretches.find((one) => one.claim === claim) ?? stretches.find((one) => one.owner === claim.owner);
  return {
    ...said(id, entry, claim),
    type: 'link',
    identifier: node.id,
    owner: claim.owner === null ? null : identifierOf(claim.owner),
    stands: refusal === undefined,
    rule: refusal?.rule ?? link?.rule ?? 'S1',
    reason: refusal?.reason ?? null,
  };
}

function mergeView(graph: Graph, id: string, entry: Entry): ClaimView | undefined {
  for (const node of nodesOf(graph, entry)) {
    const edge = node.edges.find((one) => one.position === entry.position);
    if (edge === undefined) continue;
    return {
      ...said(id, entry, edge),
      type: 'merge',
      identifier: node.id,
      owner: identifierOf(edge.other),
      stands: edge.refused === undefined,
      rule: edge.refused ?? (edge.how === 'merge' ? 'M1' : 'J1'),
      reason: edge.refused === undefined ? null : 'the merge was refused',
    };
  }
  return undefined;
}

const said = (id: string, entry: Entry, { time, wire, trust }: Claim | Edge) => ({
  id,
  time: iso(time) ?? '',
  at: iso(entry.at) ?? '',
  source: wire,
  trust,
  insertId: entry.insertId ?? null,
  item: entry.command.type,
});

const nodesOf = (graph: Graph, { command }: Entry): readonly Node[] =>
  namedIn(command).flatMap((id) => graph.node(keyOf(canonical(id))) ?? []);

function namedIn(command: Command): readonly Identifier[] {
  switch (command.type) {
    case 'Merge':
    case 'Join':
      return [command.one, command.other];
    case 'Modify':
      return command.changes.flatMap(({ kind, before, now }) =>
        [before, now].flatMap((value) => (value === null ? [] : { kind, value })),
      );
    case 'Alias':
    case 'Retract':
    case 'Restore':
      return [];
    default:
      return command.ids;
  }
}

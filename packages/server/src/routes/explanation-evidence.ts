import type { ExplainAnswer } from '../api.ts';
import { readClaimId } from '../undo/claim-target.ts';
import type { Call } from './route.ts';

/** The links of a chain, from its beginning, whose items are looked up in the log: one look each. */
const MOST_ITEMS = 50;

/**
 * An explanation with what it rests on: the item that told each link, or the word that was refused, by its name and insert
 * id, and the policy by which all was read.
 */
export async function withEvidence(
  { context: { store, policies }, project, policy }: Pick<Call, 'context' | 'project' | 'policy'>,
  answer: ExplainAnswer,
): Promise<ExplainAnswer> {
  const itemOf = async (claim: string): Promise<Item> => {
    const position = readClaimId(claim)?.position;
    const command = position === undefined ? undefined : (await store.at(project.id, position))?.entry;
    if (command === undefined) return {};
    const { command: said, insertId } = command;
    const item = {
      type: said.type.toLowerCase(),
      ...('name' in said ? { name: said.name } : {}),
      ...(insertId === undefined ? {} : { insertId }),
    };
    return { item };
  };
  const chain = answer.chain?.slice(0, MOST_ITEMS).map(async (step) => ({ ...step, ...(await itemOf(step.claim)) }));
  const { refusal } = answer;
  const version = policies.history(project.id).at(-1)?.number;
  return {
    ...answer,
    ...(chain === undefined
      ? {}
      : { chain: [...(await Promise.all(chain)), ...(answer.chain ?? []).slice(MOST_ITEMS)] }),
    ...(refusal?.claim === undefined ? {} : { refusal: { ...refusal, ...(await itemOf(refusal.claim)) } }),
    policy: { preset: policy.preset, ...(version === undefined ? {} : { version }) },
  };
}

type Item = Pick<NonNullable<ExplainAnswer['chain']>[number], 'item'>;

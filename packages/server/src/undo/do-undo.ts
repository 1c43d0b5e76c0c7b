import type { Undo } from '@selfsame/identity';
import { type Refusal, refusal } from '../http/api-error.ts';
import { byOf } from '../http/authorize.ts';
import type { Call } from '../routes/route.ts';

/** Takes something back or puts it back, in the name of whoever asks. Undefined: done. */
export async function doUndo(
  { context, project, key }: Pick<Call, 'context' | 'project' | 'key'>,
  undo: Pick<Undo, 'type' | 'told' | 'of' | 'reason'>,
): Promise<Refusal | undefined> {
  const command: Undo = { ...undo, by: byOf(key) };
  const trust = key === 'operator' ? 3 : 2;
  const statement = { project: project.id, wire: 'native', trust, command } as const;
  const [verdict] = await context.ingest.submit('native', [{ type: 'statement', statement }]);
  if (verdict?.status === 'applied') return undefined;
  return refusal(403, 'not_undone', `${verdict?.reason ?? 'The rules refused it'} [${verdict?.rule ?? 'U1'}].`);
}

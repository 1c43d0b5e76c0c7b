import type { ProjectId } from '@selfsame/identity';
import type { Told } from '@selfsame/outputs';

/** What became of a message, without what it said: all that is counted of it. */
export interface Became {
  readonly project: ProjectId;
  readonly output: string;
  /** Of those that lead to the output, where it has any. */
  readonly connection: string | null;
  readonly outcome: 'done' | 'retry' | 'dead' | 'halt' | 'kept';
  /** Which step kept it; null when it was sent. */
  readonly step: string | null;
  /** Why it did not arrive; null when it did. */
  readonly why: string | null;
  /** The receiver's answer, where a failure had one. */
  readonly status: number | null;
  /** Of a failure without one: why in a word. */
  readonly code: string | null;
  /** The first of those that went together. */
  readonly first: boolean;
}

export function becameOf(project: ProjectId, output: string, told: Told): Became {
  const of = { project, output };
  if (told.type === 'kept') {
    const { connection, step, kept } = told;
    return {
      ...of,
      connection: connection?.id ?? null,
      outcome: 'kept',
      step,
      why: kept,
      status: null,
      code: null,
      first: false,
    };
  }
  const { delivery, outcome, nth } = told;
  return {
    ...of,
    connection: delivery.connection?.id ?? null,
    outcome: outcome.type,
    step: null,
    why: outcome.type === 'done' ? null : outcome.why,
    status: ('status' in outcome ? outcome.status : undefined) ?? null,
    code: ('code' in outcome ? outcome.code : undefined) ?? null,
    first: nth === 0,
  };
}

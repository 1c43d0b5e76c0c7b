import type { Explanation, Instant, RefusalReason } from '@selfsame/identity';
import type { ExplainAnswer } from '../api.ts';
import { iso } from './iso.ts';

/** An explanation as the API shows it. */
export function explained(found: Explanation): ExplainAnswer {
  if (found.same) return { same: true, chain: found.chain.map((step) => ({ ...step, time: time(step.time) })) };
  const { time: told, ...rest }: RefusalReason = found.refusal;
  return { same: false, refusal: { ...rest, ...(told === undefined ? {} : { time: time(told) }) } };
}

const time = (ms: Instant): string => iso(ms) ?? '';

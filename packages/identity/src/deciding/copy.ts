import type { Decision } from '../words/fact.ts';
import type { Admitted } from './admit.ts';

/** [D2] A later copy replaces the event; what it says of who is who counts, and what was said before stands. */
export const asCopy = ({ copy }: Admitted, decision: Decision): Decision =>
  copy === 'D2' && decision.verdict.status === 'applied'
    ? { verdict: { ...decision.verdict, status: 'duplicate', rule: 'D2' }, facts: decision.facts }
    : decision;

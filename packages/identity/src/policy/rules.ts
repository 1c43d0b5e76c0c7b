import type { DerivePersonId } from '../words/command.ts';
import type { Policy } from './policy.ts';

/** What the rules need besides the graph and the entry. */
export interface Rules {
  readonly policy: Policy;
  readonly derive: DerivePersonId;
}

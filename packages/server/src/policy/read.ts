import type { Policy } from '@selfsame/identity';
import * as v from 'valibot';
import { sayIssue } from '../settings/problems.ts';
import { policySettings } from '../settings/schema.ts';
import { whyNotPolicy } from './change.ts';
import { policyOf } from './overrides.ts';

/** A policy as the settings file writes it, or what is wrong with it, a sentence each. */
export function readPolicy(value: unknown): Policy | { readonly problems: readonly string[] } {
  const result = v.safeParse(policySettings, value);
  if (!result.success) return { problems: result.issues.map(sayIssue) };
  const policy = policyOf(result.output);
  const why = whyNotPolicy(policy);
  return why === undefined ? policy : { problems: [why] };
}

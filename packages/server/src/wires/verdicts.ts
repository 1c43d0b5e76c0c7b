import type { Verdict } from '@selfsame/identity';
import type { Item, WireReply, WireRequest } from '@selfsame/protocols';

/** What a caller gets who asks for verdicts: ours, in the order of the request's items, beside the vendor's answer. */
export interface VerdictsAnswer {
  readonly results: readonly { readonly status: Verdict['status']; readonly reason?: string }[];
  /** What the wire would have answered. */
  readonly answer: { readonly status: number; readonly body: string };
}

/**
 * Whether this request asks what became of each of its items (`selfsame-verdicts: 1`): a vendor's answer often speaks of
 * the request only, and an import has to report every line. For the server key only: a page must not learn from a verdict
 * whom we know (S12).
 */
export const asksForVerdicts = (request: WireRequest, items: readonly Item[], { status }: WireReply): boolean =>
  request.headers['selfsame-verdicts'] === '1' &&
  // Nobody's key, and what the wire does not take at all, is answered as the wire does.
  (status === 400 || status < 300) &&
  items.every((item) => item.type === 'refused' || item.statement.trust >= 2);

export function verdictsAnswer(verdicts: readonly Verdict[], { status, body }: WireReply): WireReply {
  const answer: VerdictsAnswer = {
    results: verdicts.map((verdict) => ({
      status: verdict.status,
      ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
    })),
    answer: { status, body: typeof body === 'string' ? body : '' },
  };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
}

import { type Connection, refusal } from '../connection.ts';
import { Failure } from '../failure.ts';
import type { Outgoing, Route } from './outgoing.ts';
import { bodyOf, isAlone } from './request-body.ts';
import type { Tally } from './tally.ts';

/** How a route is called. */
interface Call {
  readonly path: string;
  readonly key: 'bearer' | 'public' | 'server' | 'pair';
}

const calls: Readonly<Record<Route, Call>> = {
  batch: { path: '/v1/batch', key: 'bearer' },
  public: { path: '/v1/batch', key: 'public' },
  // Not strict: history is what the vendor holds, and that is more than its import takes.
  import: { path: '/mixpanel/import', key: 'server' },
  engage: { path: '/mixpanel/engage', key: 'server' },
  groups: { path: '/mixpanel/groups', key: 'server' },
  segment: { path: '/segment/v1/import', key: 'server' },
  mparticle: { path: '/mparticle/v2/events', key: 'pair' },
};

interface Answered {
  readonly results: readonly { readonly status: string; readonly reason?: string }[];
  /** What the vendor's wire answers to the request. */
  readonly answer?: { readonly body: string };
}

/** Sends items of one route as one request and counts what became of each. @throws Failure when the server did not take the request. */
export async function sendTogether(connection: Connection, items: readonly Outgoing[], tally: Tally): Promise<void> {
  const first = items[0];
  if (first === undefined) return;
  const { path, key } = calls[first.route];
  const alone = isAlone(first.route);
  const answer = await connection.send(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'selfsame-verdicts': '1',
      authorization: connection.authorization[key],
    },
    body: bodyOf(items),
  });
  if (!answer.ok) {
    // A request of one is that item's.
    if (alone && answer.status === 400) return tally.add('rejected', first.source, await textOf(answer));
    if (items.length === 1 && answer.status === 413)
      return tally.add('rejected', first.source, 'it is larger than a request may be');
    throw await refusal(answer);
  }
  const { results, answer: vendor } = (await answer.json()) as Answered;
  if (results.length === items.length) {
    for (const [i, { status, reason }] of results.entries())
      tally.add(status, (items[i] as Outgoing).source, reason?.replace(PLACE, ''));
    return;
  }
  const named = refusedBy(vendor?.body);
  const [whole, ...others] = results;
  if (!alone && named.length === 0 && others.length === 0 && whole?.status === 'rejected')
    throw new Failure(`The server takes nothing of a request: ${whole.reason ?? 'it does not say why'}.`);
  // One message made several items, or one batch many events.
  for (const { status } of results) tally.count(status);
  for (const { index, message } of named) {
    const item = items[index];
    if (item !== undefined) tally.refuse(item.source, message);
  }
  if (alone)
    for (const { status, reason } of results) if (status === 'rejected') tally.refuse(first.source, reason ?? '');
}

/** The place in its request by which a wire names a record. Whoever imports knows it by its line. */
const PLACE = /^record \d+(?: \([^)]*\))?: /;

const textOf = async (answer: Response): Promise<string> => (await answer.text()).slice(0, 300);

/** The messages that Segment's wire names in its answer. */
function refusedBy(body: string | undefined): readonly { readonly index: number; readonly message: string }[] {
  if (body === undefined || body === '') return [];
  try {
    return (JSON.parse(body) as { rejected?: { index: number; message: string }[] }).rejected ?? [];
  } catch {
    return [];
  }
}

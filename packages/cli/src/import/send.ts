import type { BatchAnswer } from '@selfsame/server';
import { type Connection, refusal } from '../connection.ts';
import { Failure } from '../failure.ts';
import type { Outgoing } from './format.ts';
import type { Tally } from './tally.ts';

/** Sends items of one route as one request and counts what became of them. @throws Failure when the server did not take the request. */
export async function sendTogether(connection: Connection, items: readonly Outgoing[], tally: Tally): Promise<void> {
  switch (items[0]?.route) {
    case undefined:
      return;
    case 'batch':
      return await sendBatch(connection, items, tally);
    case 'import':
      return await sendImport(connection, items, tally);
    case 'engage':
      return await sendEngage(connection, items, tally);
  }
}

async function sendBatch(connection: Connection, items: readonly Outgoing[], tally: Tally): Promise<void> {
  const answer = await post(connection, '/v1/batch', `{"items":${array(items)}}`);
  if (!answer.ok) throw await refusal(answer);
  const { results } = (await answer.json()) as BatchAnswer;
  for (const [i, result] of results.entries()) tally.add(result.status, items[i]?.number ?? 0, result.reason);
}

interface ImportAnswer {
  readonly error?: string;
  readonly failed_records?: readonly { readonly index: number; readonly message: string }[];
}

/** Mixpanel's import answers how many it took and which it did not; a repeated event counts as taken. */
async function sendImport(connection: Connection, items: readonly Outgoing[], tally: Tally): Promise<void> {
  const answer = await post(connection, '/mixpanel/import?strict=1', array(items), true);
  if (!answer.ok && answer.status !== 400) throw await refusal(answer);
  const said = (await answer.json()) as ImportAnswer;
  const failed = new Map((said.failed_records ?? []).map((one) => [one.index, one.message]));
  if (answer.status === 400 && failed.size === 0) throw new Failure(`The server refused the import: ${said.error}`);
  for (const [i, item] of items.entries())
    tally.add(failed.has(i) ? 'rejected' : 'imported', item.number, failed.get(i));
}

async function sendEngage(connection: Connection, items: readonly Outgoing[], tally: Tally): Promise<void> {
  const answer = await post(connection, '/mixpanel/engage?verbose=1', array(items));
  if (!answer.ok) throw await refusal(answer);
  const said = (await answer.json()) as { readonly status: number; readonly error: string | null };
  for (const item of items)
    tally.add(said.status === 1 ? 'imported' : 'rejected', item.number, said.error ?? undefined);
}

const array = (items: readonly Outgoing[]): string => `[${items.map((item) => item.json).join(',')}]`;

const post = (connection: Connection, path: string, body: string, basic = false): Promise<Response> =>
  connection.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(basic ? { authorization: connection.basic } : {}) },
    body,
  });

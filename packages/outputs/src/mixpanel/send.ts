import { judge } from '../judge.ts';
import type { Link, Rendered, Reply, Sent } from '../output.ts';
import type { MixpanelSettings } from './index.ts';

const TIMEOUT = 30_000;

/** Sends records of one address and says what became of each. */
export async function sendTo(
  settings: MixpanelSettings,
  batch: readonly Rendered[],
  link: Link,
): Promise<readonly Sent[]> {
  const { url, authorization, projectId } = settings;
  const isImport = batch[0]?.to === 'events' && authorization !== undefined;
  const path = batch[0]?.to === 'people' ? 'engage' : isImport ? 'import' : 'track';
  const query = isImport ? `strict=1${projectId === undefined ? '' : `&project_id=${projectId}`}` : 'verbose=1&ip=0';
  const reply = await link.post(`${url.replace(/(^|[^/])\/+$/, '$1')}/${path}?${query}`, {
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': 'selfsame',
      ...(isImport ? { authorization } : {}),
    },
    body: `[${batch.map((one) => one.body).join(',')}]`,
    timeoutMs: TIMEOUT,
  });
  const all = (sent: Sent) => batch.map(() => sent);
  const halves = async (): Promise<readonly Sent[]> => {
    const middle = Math.ceil(batch.length / 2);
    const first = await sendTo(settings, batch.slice(0, middle), link);
    return [...first, ...(await sendTo(settings, batch.slice(middle), link))];
  };
  if ('failure' in reply) return all(judge(reply));
  const { status } = reply;
  const said = saidBy(reply);
  if (status === 413)
    return batch.length > 1 ? halves() : all({ type: 'dead', why: 'Mixpanel: it is too large', status });
  if (isImport && status === 400 && said.failed !== undefined) {
    // The others were taken although the answer is 400.
    return batch.map((_, i): Sent => {
      const why = said.failed?.get(i);
      return why === undefined ? { type: 'done' } : { type: 'dead', why: `Mixpanel: ${why}`, status };
    });
  }
  const isRefused = status === 400 || (!isImport && status === 200 && said.refused);
  // Which record it means is found by halving; records sent again are dropped by their $insert_id.
  if (isRefused) return batch.length > 1 ? halves() : all({ type: 'dead', why: 'Mixpanel refused it', status });
  return all(judge(reply));
}

interface Said {
  /** `/track`, `/engage`: status 0. */
  readonly refused: boolean;
  /** `/import`: what was wrong with which record. */
  readonly failed?: ReadonlyMap<number, string>;
}

function saidBy(reply: Extract<Reply, { readonly status: number }>): Said {
  if (reply.body.trim() === '0') return { refused: true };
  let json: unknown;
  try {
    json = JSON.parse(reply.body);
  } catch {
    return { refused: false };
  }
  if (typeof json !== 'object' || json === null) return { refused: false };
  const { status, failed_records: records } = json as { status?: unknown; failed_records?: unknown };
  const refused = status === 0;
  if (!Array.isArray(records)) return { refused };
  const failed = new Map<number, string>();
  for (const one of records as readonly { index?: unknown; field?: unknown }[]) {
    // Its message may quote what we sent; the field says enough (S40).
    if (typeof one?.index === 'number') failed.set(one.index, `the field ${fieldIn(one.field)} is not as it must be`);
  }
  return { refused, failed };
}

const fieldIn = (field: unknown): string =>
  typeof field === 'string' && /^[\w.$ -]{1,60}$/.test(field) ? field : 'it names';

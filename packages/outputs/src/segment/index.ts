import { iso } from '../iso.ts';
import { judge } from '../judge.ts';
import type { Message, PersonRef } from '../message.ts';
import type { Link, Output, Rendered, Sent } from '../output.ts';

export interface SegmentSettings {
  /** The base; `/v1/batch` follows it. */
  readonly url: string;
  /** `Authorization` that the write key makes. */
  readonly authorization: string;
}

const TIMEOUT = 30_000;

/** Any endpoint that takes Segment's batches: `track` for events, `identify` for people. One batch after another. */
export function segment({ url, authorization }: SegmentSettings): Output {
  const post = async (batch: readonly Rendered[], link: Link): Promise<readonly Sent[]> => {
    const reply = await link.post(`${url.replace(/(^|[^/])\/+$/, '$1')}/v1/batch`, {
      headers: { 'content-type': 'application/json', 'user-agent': 'selfsame', authorization },
      body: `{"batch":[${batch.map((one) => one.body).join(',')}],"sentAt":"${iso(link.now())}"}`,
      timeoutMs: TIMEOUT,
    });
    const wrong = 'status' in reply && (reply.status === 400 || reply.status === 413);
    if (!wrong) return batch.map(() => judge(reply));
    if (batch.length === 1)
      return [{ type: 'dead', why: `the receiver refused it: ${reply.status}`, status: reply.status }];
    // Which one it means is found by halving; what is sent again keeps its messageId.
    const middle = Math.ceil(batch.length / 2);
    return [...(await post(batch.slice(0, middle), link)), ...(await post(batch.slice(middle), link))];
  };
  return {
    takes: new Set(['event', 'person']),
    order: 'lane',
    // Segment's limits: 500 KB a batch, 32 KB an item; characters of three bytes.
    batch: { items: 500, bytes: 160_000 },
    atOnce: 1,
    render: ({ message, id }) => {
      const call = callOf(message);
      return call === undefined ? 'skip' : { body: JSON.stringify({ ...call, messageId: id }) };
    },
    send: post,
    async probe(link) {
      const call = {
        type: 'track',
        event: 'Selfsame Test',
        anonymousId: 'selfsame-test',
        messageId: `test-${link.now()}`,
      };
      const [sent] = await post([{ body: JSON.stringify({ ...call, timestamp: iso(link.now()) }) }], link);
      return sent as Sent;
    },
  };
}

function callOf(message: Message): object | undefined {
  if (message.kind === 'event') {
    const { name, time, ids, properties } = message.event;
    const named = namesIn(ids);
    const names =
      Object.keys(named).length > 0 ? named : message.person === null ? undefined : namesIn(message.person.identifiers);
    // Segment takes nothing that names nobody.
    if (names === undefined || Object.keys(names).length === 0) return undefined;
    return { type: 'track', event: name, ...names, properties, timestamp: iso(time) };
  }
  if (message.kind !== 'person') return undefined;
  const names = namesIn(message.person.identifiers);
  if (Object.keys(names).length === 0) return undefined;
  const { set, unset } = message.traits;
  const { entered, left } = message.segments;
  const traits = {
    ...set,
    ...Object.fromEntries(unset.map((name) => [name, null])),
    ...Object.fromEntries([...entered.map((one) => [one, true]), ...left.map((one) => [one, false])]),
  };
  return { type: 'identify', ...names, traits, timestamp: iso(message.at) };
}

const anonymous: ReadonlySet<string> = new Set(['device', 'session', 'visitor']);

function namesIn(ids: PersonRef['identifiers']): { readonly userId?: string; readonly anonymousId?: string } {
  const user = ids.find((one) => one.kind === 'user')?.value;
  const device = ids.find((one) => anonymous.has(one.kind))?.value;
  return { ...(user === undefined ? {} : { userId: user }), ...(device === undefined ? {} : { anonymousId: device }) };
}

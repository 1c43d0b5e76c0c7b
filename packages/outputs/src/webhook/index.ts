import { iso } from '../iso.ts';
import { judge } from '../judge.ts';
import type { Message } from '../message.ts';
import { type Delivery, type Link, type Output, type Rendered, type Sent, Unrenderable } from '../output.ts';

/** The whole of a call, ms (S29). */
const TIMEOUT = 15_000;
/** Calls under way at once. */
const SOCKETS = 50;

export interface WebhookSettings {
  readonly project: string;
  readonly url: string;
  /** The secrets that are valid now, newest first: two while one takes the other's place (S28). */
  readonly secrets: () => readonly Uint8Array[];
  /** Tells every event that a correction concerns again. */
  readonly expand?: boolean;
}

/** A webhook as Standard Webhooks describes one: one message a call, each person's one after another. */
export function webhook({ project, url, secrets, expand = false }: WebhookSettings): Output {
  const post = async ({ body, headers }: Rendered, link: Link): Promise<Sent> => {
    const id = headers?.['webhook-id'] as string;
    const timestamp = Math.floor(link.now() / 1_000);
    const signed = secrets().map((secret) => `v1,${link.hmac(secret, `${id}.${timestamp}.${body}`)}`);
    const reply = await link.post(url, {
      headers: {
        'content-type': 'application/json',
        'user-agent': 'selfsame',
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signed.join(' '),
        ...headers,
      },
      body,
      timeoutMs: TIMEOUT,
    });
    return judge(reply);
  };
  return {
    takes: new Set(['event', 'person', 'moved', 'erased', 'retracted']),
    order: 'person',
    ...(expand ? { expands: true as const } : {}),
    batch: { items: 1, bytes: Number.POSITIVE_INFINITY },
    atOnce: SOCKETS,
    render,
    send: (batch, link) => Promise.all(batch.map((one) => post(one, link))),
    probe: (link) => post(testItem(project, link.now()), link),
  };
}

function render({ message, id, sequence, gap, replay }: Delivery): Rendered {
  const { kind, at, project, person } = message;
  const body = { id, type: kind, at: iso(at), project, person, sequence, ...wordsOf(message) };
  return {
    body: JSON.stringify(body),
    headers: {
      'webhook-id': id,
      ...(person === null ? {} : { 'selfsame-person': person.id, 'selfsame-sequence': String(sequence) }),
      ...(gap === undefined ? {} : { 'selfsame-gap': String(gap) }),
      ...(replay ? { 'selfsame-replay': 'true' } : {}),
    },
  };
}

function wordsOf(message: Message): object {
  switch (message.kind) {
    case 'event': {
      const { name, time, insertId, wire, anchor, properties } = message.event;
      const event = { name, time: iso(time), insertId, wire, anchor, properties };
      const { place, replaces, again } = message;
      // An event keeps its position however often it is told.
      const position = again === true ? replaces : place.position;
      return { event, position, ...(replaces === undefined ? {} : { replaces }) };
    }
    case 'retracted': {
      const { name, time, insertId, wire, anchor, properties } = message.event;
      const { of, stands } = message;
      // What counts no more is only named; what counts again is told whole.
      const event = { name, time: iso(time), insertId, wire, anchor, ...(stands ? { properties } : {}) };
      return { event, position: of, stands };
    }
    case 'person':
      return { traits: message.traits, segments: message.segments };
    case 'moved': {
      const { anchor, from, to, stretch, because } = message;
      const moment = (time: number | null) => (time === null ? null : iso(time));
      return { anchor, from, to, stretch: { from: moment(stretch.from), to: moment(stretch.to) }, because };
    }
    case 'erased':
      return { request: message.request };
    case 'met':
      throw new Unrenderable('a webhook has no words for it');
  }
}

/** Nobody's event, marked so that a receiver can tell it from what happened. */
function testItem(project: string, now: number): Rendered {
  const id = `test_${now}`;
  const event = {
    name: 'Selfsame Test',
    time: iso(now),
    insertId: null,
    wire: 'selfsame',
    anchor: null,
    properties: {},
  };
  const body = { id, type: 'event', test: true, at: iso(now), project, person: null, sequence: 0, event };
  return { body: JSON.stringify(body), headers: { 'webhook-id': id, 'selfsame-test': 'true' } };
}

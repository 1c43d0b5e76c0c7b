import { describe, expect, it } from 'vitest';
import { mparticle } from '../../src/mparticle/index.ts';
import { bodyOf, clientOf, open } from './workspace.ts';

type Row = readonly [what: string, limit: number, at: (n: number) => object, message: string];

const event = (data: object, event_type = 'custom_event') => ({
  events: [{ event_type, data: { event_name: 'A', custom_event_type: 'other', ...data } }],
});
const text = (length: number) => 'n'.repeat(length);
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, 'x']));
const list = (count: number, length = 1) => Array.from({ length: count }, () => text(length));

/** A batch that is so many bytes long. */
function ofBytes(bytes: number): object {
  const batch = { environment: 'development', ...event({}), ip: '' };
  return { ...batch, ip: text(bytes - JSON.stringify(batch).length) };
}

/** The limits of attributes, whoever wears them. */
const worn = (of: string, wear: (attributes: object) => object): readonly Row[] => [
  [`attributes of ${of}`, 100, (n) => wear(many(n)), `${of} has more than 100 attributes`],
  [
    `characters in the name of an attribute of ${of}`,
    256,
    (n) => wear({ [text(n)]: 'x' }),
    `an attribute of ${of} has a name longer than 256 characters`,
  ],
  [
    `characters of an attribute of ${of}`,
    4096,
    (n) => wear({ a: text(n) }),
    `an attribute of ${of} is longer than 4096 characters`,
  ],
  [
    `values of an attribute of ${of}`,
    1000,
    (n) => wear({ a: list(n) }),
    `an attribute of ${of} lists more than 1000 values`,
  ],
  [
    `characters of a value in a list of ${of}`,
    512,
    (n) => wear({ a: list(3, n) }),
    `an attribute of ${of} lists a value longer than 512 characters`,
  ],
];

const rows: readonly Row[] = [
  ['bytes of a batch', 128 * 1024, ofBytes, 'a batch is larger than 128 KB'],
  [
    'characters of an event’s name',
    256,
    (n) => event({ event_name: text(n) }),
    'event_name is longer than 256 characters',
  ],
  [
    'characters of a screen’s name',
    256,
    (n) => event({ screen_name: text(n) }, 'screen_view'),
    'screen_name is longer than 256 characters',
  ],
  [
    'characters of the name of a changed attribute',
    256,
    (n) => event({ user_attribute_name: text(n) }, 'user_attribute_change'),
    'user_attribute_name is longer than 256 characters',
  ],
  ...worn('an event', (attributes) => event({ custom_attributes: attributes })),
  ...worn('a user', (attributes) => ({ user_identities: { customer_id: 'C1' }, user_attributes: attributes })),
];

describe('limits of what a backend sends', () => {
  it.each(rows)('%s: %d are taken, one more is 400', async (_what, limit, at, message) => {
    const world = open('mparticle-default');
    const { feed } = clientOf(world);
    expect((await feed(at(limit))).status).toBe(202);
    expect(world.counts.get('rejected')).toBeUndefined();
    const reply = await feed(at(limit + 1));
    expect([reply.status, bodyOf(reply)]).toEqual([
      400,
      { errors: [{ code: 'BAD_REQUEST', message: expect.stringMatching(new RegExp(`^(event 0: )?${message}$`)) }] },
    ]);
    // Its sender’s project sees why.
    expect(world.counts.get('rejected')).toBe(1);
  });

  it('a request is 256 KB, which the server holds it to', () => {
    expect(mparticle.limit?.('/v2/bulkevents')).toBe(256 * 1024);
  });

  it('a page is not held to them: it could only send the same again', async () => {
    const world = open('mparticle-default');
    const long = { ...many(101), [text(257)]: text(4097) };
    const { events } = event({ event_name: text(257), custom_attributes: long });
    expect((await clientOf(world).events({ mpid: '5', events, user_attributes: long })).status).toBe(202);
    expect(world.timeline()).toEqual([`mpid:5 ${text(257)}`]);
    expect(world.person('mpid', '5')?.traits.get(text(257))).toBe(text(4097));
  });
});

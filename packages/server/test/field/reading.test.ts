import { describe, expect, test } from 'vitest';
import { shop } from '../running.ts';
import { site } from './site.ts';

/** UTF-8 as an encoder writes it that takes each half of a character for one (mixpanel-browser inside its base64). */
function encodedByHalves(text: string): Buffer {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes.push(unit);
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 63));
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 63), 0x80 | (unit & 63));
  }
  return Buffer.from(bytes);
}

const event = (name: string, user: unknown, more: object = {}) => ({
  event: name,
  properties: { token: shop.publicKey, $user_id: user, ...more },
});
const mark = '\ufeff';
const long = '738529527931269425';

const segments = (list: object) => ({ type: 'segments', ids: { user: 'php' }, segments: list });

describe('text as senders write it', () => {
  test('an emoji in two halves is whole, half of one is U+FFFD, and no event is lost by either', async () => {
    const { post, mixpanel, names, event: stored, person } = await site();
    const batch = [event('A', 'emo'), event('B', 'emo', { $insert_id: 'e1', mood: '🌳 ok \ud83c', cut: '\udf33x' })];
    const data = encodedByHalves(
      JSON.stringify(batch).replace(/\\u(d[89a-f]..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    ).toString('base64');
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await (await post('mixpanel/track/?verbose=1', `data=${encodeURIComponent(data)}`, form)).text()).toContain(
      '"status":1',
    );
    expect(await names('user', 'emo')).toEqual(['A', 'B']);
    expect((await stored('e1')).properties).toMatchObject({ mood: '🌳 ok \ufffd', cut: '\ufffdx' });

    const one = encodedByHalves(JSON.stringify(event('C', 'emo', { $insert_id: 'e2', mood: '🌳' }))).toString('base64');
    await fetch(`${(await site()).url}/mixpanel/track?data=${encodeURIComponent(one)}`);
    const update = { $token: shop.publicKey, $distinct_id: 'emo', $set: { mood: '🌳' } };
    await post(
      'mixpanel/engage',
      `data=${encodeURIComponent(encodedByHalves(JSON.stringify(update)).toString('base64'))}`,
      form,
    );
    expect((await person('user', 'emo')).traits).toMatchObject({ mood: '🌳' });
    expect(
      await (
        await mixpanel('track?verbose=1', encodedByHalves(JSON.stringify(event('D', 'emo', { mood: '🌳' }))))
      ).text(),
    ).toContain('"status":1');
  });

  test('an emoji in two halves is read from a GET', async () => {
    const { url, event: stored } = await site();
    const one = encodedByHalves(JSON.stringify(event('C', 'emo', { $insert_id: 'e2', mood: '🌳' }))).toString('base64');
    expect(await (await fetch(`${url}/mixpanel/track?data=${encodeURIComponent(one)}`)).text()).toBe('1');
    expect((await stored('e2')).properties.mood).toBe('🌳');
  });

  test('JSON in an address whose encoder took each half of an emoji for one', async () => {
    const { url, event: stored, person } = await site();
    const mood = '🌳 \ud83c';
    const update = { $token: shop.publicKey, $set: { mood } };
    const headers = { authorization: `Basic ${btoa(`${shop.serverKey}:`)}` };
    for (const [route, sent, kept] of [
      ['track', event('C', 'emo', { $insert_id: 't', mood }), async () => (await stored('t')).properties],
      ['engage', { ...update, $distinct_id: 'emo' }, async () => (await person('user', 'emo')).traits],
      ['groups', { ...update, $group_key: 'co', $group_id: 'g' }, async () => (await person('group.co', 'g')).traits],
      [
        'import',
        { event: 'C', properties: { distinct_id: 'emo', $insert_id: 'i', mood } },
        async () => (await stored('i')).properties,
      ],
    ] as const) {
      const text = JSON.stringify(sent).replace('\\ud83c', '\ud83c');
      const data = [...encodedByHalves(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
      const reply = await fetch(`${url}/mixpanel/${route}?data=${data}`, { headers });
      expect([route, await reply.text(), (await kept()).mood]).toEqual([route, '1', '🌳 \ufffd']);
    }
  });

  test('a byte order mark and blanks before a form, a field of it and bare base64', async () => {
    const { post, names } = await site();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const before of [mark, ` \r\n${mark}`, `${mark}${mark}\n`, '\r\n\t']) {
      const user = `b${JSON.stringify(before)}`;
      const json = (name: string) => JSON.stringify([event(name, user)]);
      const base64 = (name: string) => Buffer.from(json(name)).toString('base64');
      await post('mixpanel/track', `${before}data=${encodeURIComponent(base64('A'))}`, form);
      await post('mixpanel/track', `data=${encodeURIComponent(`${before}${json('B')}`)}`, form);
      await post('mixpanel/track', `data=${before.replaceAll(' ', '+')}${json('C')}`, form);
      await post('mixpanel/track', `${before}${base64('D')}`, { 'content-type': 'text/plain' });
      await post('mixpanel/track', `${before}data=${encodeURIComponent(json('E'))}&ip=1`, form);
      expect([before, await names('user', user)]).toEqual([before, ['A', 'B', 'C', 'D', 'E']]);
    }
  });

  test('a byte order mark is read by every wire', async () => {
    const { native, segment, mixpanel, import: load, mparticle, bulk, xo, post, stats } = await site();
    await native(`${mark}${JSON.stringify({ items: [{ type: 'track', name: 'N', ids: { user: 'b' } }] })}`);
    await segment('track', `${mark}{"userId":"b","event":"S"}`);
    await segment('batch', `${mark}{"batch":[{"type":"track","userId":"b","event":"S2"}]}`);
    await mixpanel('track', `${mark}${JSON.stringify([event('M', 'b')])}`);
    await mixpanel('track', `${mark} ${mark}${JSON.stringify(event('M2', 'b'))}`);
    await mixpanel(
      'engage',
      `${mark}${JSON.stringify([{ $token: shop.publicKey, $distinct_id: 'b', $set: { a: 1 } }])}`,
    );
    const line = (i: number) =>
      JSON.stringify({ event: 'I', properties: { distinct_id: 'b', time: 1_700_000_000, $insert_id: `b${i}` } });
    await load(`${mark}[${line(1)}]`);
    // Two files with a mark each, one after the other.
    await load(`${mark}${line(2)}\n${mark}${line(3)}\n`);
    const batch = { environment: 'production', mpid: '5', events: [{ event_type: 'screen_view', data: {} }] };
    await mparticle(`${mark}${JSON.stringify(batch)}`);
    await bulk(`${mark}${JSON.stringify([batch])}`);
    await xo(`${mark}${JSON.stringify([{ action: 'view', target: {}, user: { identities: { sessionid: 's' } } }])}`);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await post('mixpanel/track', `data=${encodeURIComponent(`${mark}${JSON.stringify(event('M3', 'b'))}`)}`, form);
    await post(
      'mixpanel/track',
      `data=${Buffer.from(`${mark}${JSON.stringify(event('M4', 'b'))}`).toString('base64')}`,
      form,
    );
    expect((await stats()).wires).toMatchObject({
      mixpanel: { applied: 8 },
      mparticle: { applied: 2 },
      native: { applied: 1 },
      segment: { applied: 2 },
      xo: { applied: 1 },
    });
  });
});

describe('one bad item costs only itself', () => {
  const parts = [
    ['a number beyond 1e308', '{"n":1e400}'],
    ['1,001 keys', `{${Array.from({ length: 1_001 }, (_, i) => `"k${i}":1`).join()}}`],
    ['33 levels', `${'{"a":'.repeat(32)}1${'}'.repeat(32)}`],
    ['10,001 elements', `{"list":[${Array(10_001).fill(0).join()}]}`],
    ['what Python prints for no number', '{"n":NaN}'],
  ] as const;

  test.each(parts)('Segment: %s', async (_name, part) => {
    const { segment, names } = await site();
    const message = (name: string, properties = '{}') =>
      `{"type":"track","event":"${name}","userId":"u","messageId":"m-${name}","properties":${properties}}`;
    const reply = await segment('batch', `{"batch":[${message('A')},${message('Bad', part)},${message('B')}]}`);
    const { success, rejected } = (await reply.json()) as { success: boolean; rejected: readonly object[] };
    expect([reply.status, success]).toEqual([200, true]);
    expect(rejected).toEqual([expect.objectContaining({ index: 1, messageId: 'm-Bad' })]);
    expect(await names('user', 'u')).toEqual(['A', 'B']);
  });

  test.each(parts)('native: %s', async (_name, part) => {
    const { native, names } = await site();
    const item = (name: string, properties = '{}') =>
      `{"type":"track","name":"${name}","ids":{"user":"u"},"insertId":"i-${name}","properties":${properties}}`;
    const reply = await native(`{"items":[${item('A')},${item('Bad', part)},${item('B')}]}`);
    const { results } = (await reply.json()) as { results: readonly object[] };
    expect(results).toEqual([
      expect.objectContaining({ status: 'applied' }),
      expect.objectContaining({ status: 'rejected', insertId: 'i-Bad' }),
      expect.objectContaining({ status: 'applied' }),
    ]);
    expect(await names('user', 'u')).toEqual(['A', 'B']);
  });

  test.each(parts)('Mixpanel import: %s', async (_name, part) => {
    const { import: load, names } = await site();
    const record = (name: string, extra = '{}') =>
      `{"event":"${name}","properties":{"distinct_id":"u","time":1700000000,"$insert_id":"i-${name}","extra":${extra}}}`;
    const reply = await load(`[${record('A')},${record('Bad', part)},${record('B')}]`);
    expect(await reply.json()).toMatchObject({
      num_records_imported: 2,
      failed_records: [{ index: 1, $insert_id: 'i-Bad' }],
    });
    expect(await names('user', 'u')).toEqual(['A', 'B']);
  });

  test.each(parts)('mParticle, page and bulk: %s', async (_name, part) => {
    const { mparticle, bulk, names, stats } = await site({ preset: 'mparticle-default' });
    const one = (name: string, attributes = '{}') =>
      `{"event_type":"custom_event","data":{"event_name":"${name}","custom_event_type":"other","source_message_id":"m-${name}","custom_attributes":${attributes}}}`;
    const batch = (mpid: string, ...events: readonly string[]) =>
      `{"environment":"production","mpid":"${mpid}","events":[${events.join()}]}`;
    expect((await mparticle(batch('5', one('A'), one('Bad', part), one('B')))).status).toBe(202);
    const whole = `{"environment":"production","mpid":"8","events":[],"user_attributes":${part}}`;
    expect((await bulk(`[${batch('6', one('C'), one('Bad2', part))},${whole},${batch('7', one('D'))}]`)).status).toBe(
      202,
    );
    expect(await names('mpid', '5')).toEqual(['A', 'B']);
    expect(await names('mpid', '6')).toEqual(['C']);
    expect(await names('mpid', '7')).toEqual(['D']);
    expect((await stats()).rejected).toBe(3);
  });

  test.each(parts)('XO: %s', async (_name, part) => {
    const { xo, names } = await site({ preset: 'xo' });
    const one = (action: string, traits = '{}') =>
      `{"action":"${action}","target":{},"user":{"identities":{"sessionid":"s"},"traits":${traits}}}`;
    const reply = await xo(`[${one('A')},${one('Bad', part)},${one('B')}]`);
    expect([reply.status, await reply.json()]).toEqual([
      200,
      { profiles: {}, rejected: [{ index: 1, message: expect.any(String) }] },
    ]);
    expect(await names('session', 's')).toEqual(['A', 'B']);
  });

  test('text that is no UTF-8 in one item (S23)', async () => {
    const { segment, names } = await site();
    const [head, tail] = [
      '{"batch":[{"type":"track","event":"A","userId":"u"},{"type":"track","event":"',
      '","userId":"u"},{"type":"track","event":"B","userId":"u"}]}',
    ];
    const body = Buffer.concat([Buffer.from(head), Buffer.from([0xc3, 0x28]), Buffer.from(tail)]);
    expect(await (await segment('batch', body)).json()).toMatchObject({ rejected: [{ index: 1 }] });
    expect(await names('user', 'u')).toEqual(['A', 'B']);
  });

  test.each(['{"items":[{"type":"track","name":"A","ids":{"user":"u"}},]}', '{"items":[', '[]', 'null', ''])(
    'what is no batch at all is refused whole, counted and shown: %s',
    async (body) => {
      const { native, segment, stats } = await site();
      expect((await native(body)).status).toBe(400);
      expect((await segment('batch', body.replace('items', 'batch'))).status).toBe(400);
      expect(await stats()).toMatchObject({ applied: 0, rejected: 2 });
    },
  );
});

describe('shapes that languages print', () => {
  test('an empty list is an empty object (PHP), wherever an object is read', async () => {
    const { segment, native, mixpanel, mparticle, xo, post, names, stats } = await site();
    await segment('track', { userId: 'php', event: 'One', properties: [], context: [] });
    await segment('batch', {
      context: [],
      batch: [
        { type: 'track', userId: 'php', event: 'Two', properties: [], context: { traits: [], campaign: [] } },
        { type: 'identify', userId: 'php', traits: [] },
      ],
    });
    await native({ items: [{ type: 'track', name: 'Three', ids: { user: 'php' }, properties: [] }] });
    for (const key of [[], null, '', {}])
      await native({ key, items: [{ type: 'traits', ids: { user: 'php' }, traits: { a: 1 } }] });
    await native({
      items: [
        { type: 'track', name: 'Nobody', ids: [] },
        { type: 'traits', ids: { user: 'php' }, traits: [] },
      ],
    });
    await mixpanel('engage', [{ $token: shop.publicKey, $distinct_id: 'php', $set: [] }]);
    await mparticle({
      environment: 'production',
      mpid: '5',
      user_attributes: [],
      user_identities: [],
      device_info: [],
      events: [{ event_type: 'screen_view', data: [] }],
    });
    await mparticle({ environment: 'production', mpid: [], events: [{ event_type: 'screen_view', data: {} }] });
    await xo([{ action: 'view', target: [], metadata: [], user: { identities: { sessionid: 's' }, traits: [] } }]);
    expect(await names('user', 'php')).toEqual(['One', 'Three', 'Two']);
    expect((await stats()).rejected).toBe(0);
    const identify = {
      environment: 'production',
      client_sdk: { platform: 'web' },
      request_id: 'r',
      known_identities: [],
    };
    const reply = await post('mparticle/identity/v1/identify', JSON.stringify(identify), {
      'x-mp-key': shop.publicKey,
    });
    expect(await reply.text()).toContain('LOOKUP_ERROR');
  });

  test('a list that PHP wrote as an object, with gaps or without, is a list', async () => {
    const { segment, native, mixpanel, mparticle, bulk, xo, names, person, stats } = await site();
    const message = { type: 'track', userId: 'php', event: 'S' };
    await segment('batch', { batch: { 0: message, 2: { ...message, event: 404 } } });
    await native({
      items: { 1: { type: 'track', name: 7, ids: { user: 'php' } }, 3: segments({ 0: 'a', 2: 'b' }) },
    });
    const event = (name: string) => ({ event: name, properties: { token: shop.publicKey, $user_id: 'php' } });
    await mixpanel('track', { 1: event('M'), 2: event('N') });
    await mixpanel('engage', { 5: { $token: shop.publicKey, $distinct_id: 'php', $set: { kept: 1, gone: 1 } } });
    await mixpanel('engage', [{ $token: shop.publicKey, $distinct_id: 'php', $unset: { 1: 'gone' } }]);
    for (const cups of [{ 0: 'red', 2: 'blue' }, {}, ['red']])
      await mixpanel('engage', [{ $token: shop.publicKey, $distinct_id: 'php', $union: { cups } }]);
    const custom = (event_name: unknown) => ({
      event_type: 'custom_event',
      data: { event_name, custom_event_type: 'other' },
    });
    const batch = { mpid: '5', environment: 'production', events: { 0: custom('P'), 4: custom(12) } };
    await mparticle(batch);
    await bulk({ 1: batch });
    await xo({ 1: { action: 'view', target: {}, user: { identities: { sessionid: 's' }, segments: { 3: 'x' } } } });
    expect(await names('user', 'php')).toEqual(['404', '7', 'M', 'N', 'S']);
    expect(await names('mpid', '5')).toEqual(['12', '12', 'P', 'P']);
    expect(await person('user', 'php')).toMatchObject({
      traits: { kept: 1, cups: ['red', 'blue'] },
      segments: ['a', 'b'],
    });
    expect((await person('user', 'php')).traits).not.toHaveProperty('gone');
    expect((await person('session', 's')).segments).toEqual(['x']);
    expect((await stats()).rejected).toBe(0);
  });

  test('a 64-bit number keeps its digits, as id, as insert id and in properties', async () => {
    const { segment, native, mixpanel, mparticle, xo, names, event: stored, person } = await site();
    await mixpanel(
      'track',
      `[{"event":"Paid","properties":{"token":"${shop.publicKey}","distinct_id":${long},"$user_id":${long},"$insert_id":"m","order":${long}}}]`,
    );
    await segment('track', `{"userId":${long},"event":"S","messageId":1${long},"properties":{"order":-${long}}}`);
    await native(
      `{"items":[{"type":"track","name":"N","ids":{"user":${long}},"insertId":2${long},"properties":{"deep":[{"order":${long}}]}}]}`,
    );
    await mparticle(
      `{"environment":"production","mpid":${long},"events":[{"event_type":"custom_event","data":{"event_name":"P","source_message_id":3${long},"custom_attributes":{"order":${long}}}}]}`,
    );
    await xo(
      `[{"action":"view","target":{},"metadata":{"order":${long}},"user":{"identities":{"sessionid":"s"},"traits":{"order":${long}}}}]`,
    );
    expect(await names('user', long)).toEqual(['N', 'Paid', 'S']);
    expect((await stored('m')).properties.order).toBe(long);
    expect((await stored(`1${long}`)).properties.order).toBe(`-${long}`);
    expect((await stored(`2${long}`)).properties.deep).toEqual([{ order: long }]);
    expect((await stored(`3${long}`)).properties.order).toBe(long);
    expect((await person('session', 's')).traits).toEqual({ order: long });
    expect(await names('mpid', long)).toEqual(['P']);
  });

  test('a number that can be no id and is all that says whose it is, is refused in words', async () => {
    const { mixpanel, import: load, bulk, stats } = await site();
    const told = async (reply: Promise<Response>) => (await reply).text();
    const mine = `"token":"${shop.publicKey}"`;
    const track = (ids: string) => mixpanel('track?verbose=1', `{"event":"A","properties":{${mine},${ids}}}`);
    const none = ['5.5', '1e21', '738529527931269425.0', '7.38e20'];
    for (const id of none) {
      for (const name of ['distinct_id', '$user_id', '$device_id'])
        expect(await told(track(`"${name}":${id}`))).toContain(`${name}, must be text or a whole number`);
      const history = `[{"event":"A","properties":{"time":1700000000,"distinct_id":${id}}}]`;
      expect(await told(load(history, 0))).toContain('"num_records_imported":0');
    }
    expect(await stats()).toMatchObject({ applied: 0, rejected: 4 * none.length });
    // Beside an id that is one it costs nothing; mParticle's batches keep their events, and the operator hears of it.
    const screen = '"environment":"production","events":[{"event_type":"screen_view","data":{"screen_name":"S"}}]';
    for (const id of none) {
      expect(await told(track(`"distinct_id":${id},"$device_id":"d"`))).toContain('"status":1');
      expect((await bulk(`[{"user_identities":{"customer_id":"u","email":${id}},${screen}}]`)).status).toBe(202);
    }
    expect(await stats()).toMatchObject({ applied: 2 * none.length, rejected: 5 * none.length });
  });

  test.each([[''], [null], [true], [false], ['null'], ['undefined'], [0], [[]], [{}]])(
    'two items with the insert id %j are two',
    async (none) => {
      const { segment, native, mixpanel, mparticle, stats } = await site();
      for (const name of ['A', 'B']) {
        await segment('track', { userId: 'u', event: name, messageId: none });
        await native({ items: [{ type: 'track', name, ids: { user: 'u' }, insertId: none }] });
        await mixpanel('track', [
          { event: name, properties: { token: shop.publicKey, $user_id: 'u', $insert_id: none } },
        ]);
        const data = { event_name: name, source_message_id: none };
        await mparticle({ environment: 'production', mpid: '5', events: [{ event_type: 'custom_event', data }] });
      }
      expect(await stats()).toMatchObject({ applied: 8, duplicate: 0, rejected: 0 });
    },
  );

  test('two who ask mParticle’s directory under a request id that is none get an answer each', async () => {
    const { post, read, stats } = await site({ preset: 'mparticle-default' });
    const none = ['undefined', 'null', '0', '00000000-0000-0000-0000-000000000000', '{{request_id}}', null, []];
    for (const [i, request_id] of none.entries()) {
      const sdk = { client_sdk: { platform: 'web' }, environment: 'production', request_id };
      const ask = async (call: string, body: object) => {
        const headers = { 'x-mp-key': shop.publicKey };
        const reply = await post(`mparticle/identity/v1/${call}`, JSON.stringify({ ...sdk, ...body }), headers);
        return ((await reply.json()) as { mpid: string }).mpid;
      };
      for (const call of ['identify', 'login', 'logout']) {
        const known = (who: string) => ({ known_identities: { device_application_stamp: `${call}-${who}-${i}` } });
        expect(await ask(call, known('ann'))).not.toBe(await ask(call, known('bob')));
      }
      const found = new Set();
      for (const who of [`ann${i}`, `bob${i}`]) {
        const mpid = await ask('login', { known_identities: { customerid: who } });
        const email = `${who}@example.org`;
        await ask(`${mpid}/modify`, { identity_changes: [{ identity_type: 'email', new_value: email }] });
        found.add((await read(`/v1/people?kind=email&value=${email}`)).id);
        const source = await ask('identify', { known_identities: { device_application_stamp: who } });
        const window = { start_unixtime_ms: 0, end_unixtime_ms: Date.now() };
        const data = { source_mpid: source, destination_mpid: mpid, ...window };
        const alias = { request_id, request_type: 'alias', environment: 'production', data };
        const reply = await post(`mparticle/webevents/v1/identity/${shop.publicKey}/Alias`, JSON.stringify(alias));
        expect([reply.status, await reply.text()]).toEqual([202, '']);
      }
      expect(found.size).toBe(2);
    }
    expect(await stats()).toMatchObject({ duplicate: 0, conflicts: 0 });
  });

  test('a request of mParticle’s directory that is sent again is one, whatever its id looks like', async () => {
    const { post, stats } = await site({ preset: 'mparticle-default' });
    const ids = [7, 'a b', 'é', 'x'.repeat(300), 1.5];
    for (const id of ids) {
      const sdk = { client_sdk: { platform: 'web' }, environment: 'production', request_id: id };
      const body = JSON.stringify({ ...sdk, known_identities: { device_application_stamp: 'd' } });
      const ask = async () =>
        (await (await post('mparticle/identity/v1/logout', body, { 'x-mp-key': shop.publicKey })).json()) as object;
      const { mpid } = (await ask()) as { mpid: string };
      expect(await ask()).toMatchObject({ mpid });
    }
    expect(await stats()).toMatchObject({ applied: ids.length, duplicate: ids.length });
  });

  test('the insert id 7 is the insert id "7"', async () => {
    const { segment, native, stats } = await site();
    for (const id of [7, '7']) {
      await segment('track', { userId: 'u', event: 'A', messageId: id });
      await native({ items: [{ type: 'track', name: 'A', ids: { user: 'u' }, insertId: id }] });
    }
    expect(await stats()).toMatchObject({ applied: 2, duplicate: 2 });
  });

  test.each([[true], [false], [''], [null], [[]]])('the user id %j is nobody', async (none) => {
    const { segment, native, names, person } = await site();
    await segment('track', { userId: none, anonymousId: 'd1', event: 'S' });
    await native({ items: [{ type: 'track', name: 'N', ids: { user: none, device: 'd1' } }] });
    expect(await names('device', 'd1')).toEqual(['N', 'S']);
    expect((await person('device', 'd1')).known).toBe(false);
  });
});

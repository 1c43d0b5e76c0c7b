import { describe, expect, it } from 'vitest';
import { base64, event, type Mode, NOW, openProject, post, request, text } from './project.ts';

const basic = (user: string, secret = '') => ({ authorization: `Basic ${btoa(`${user}:${secret}`)}` });
const DAY = 86_400;

/** Complete for strict: all that the vendor asks for. */
const whole = (properties: object = {}, name: string = 'e') =>
  event(name, { time: NOW / 1000 - 400 * DAY, $insert_id: 'i-1', distinct_id: 'u', ...properties });

async function imports(records: unknown, query = '?strict=1', mode: Mode = 'mixpanel-simplified') {
  const project = openProject(mode);
  const body = JSON.stringify(records);
  const { reply, verdicts } = await project.send(
    request('POST', `/import${query}`, body, { 'content-type': 'application/json', ...basic('SRV') }),
  );
  return { project, verdicts, status: reply.status, body: text(reply), answer: JSON.parse(text(reply)) };
}

describe('who may import', () => {
  const time = NOW / 1000 - 400 * DAY;
  it.each<[string, object, string, number | undefined]>([
    ['the server key as user', basic('SRV'), '', 2],
    ['a service account with the server key as secret', basic('any.user', 'SRV'), '?project_id=1', 2],
    ['api_key, as Node’s key option sends it', {}, '?api_key=SRV', 2],
    ['the project token as user, trusted as little as anywhere', basic('PUB'), '', 0],
    ['a lower-case scheme', { authorization: `basic ${btoa('SRV:')}` }, '', 2],
    ['nobody', {}, '', undefined],
    ['an unknown key', basic('NO'), '', undefined],
    ['an unknown secret, though the user is known', basic('SRV', 'NO'), '', undefined],
    ['the token as secret', basic('x', 'PUB'), '', undefined],
    ['the token as api_key', {}, '?api_key=PUB', undefined],
    ['an empty api_key', {}, '?api_key=', undefined],
    ['another scheme', { authorization: 'Bearer SRV' }, '', undefined],
    ['a broken header, which api_key does not mend (S9)', { authorization: 'Basic ???' }, '?api_key=SRV', undefined],
    ['no base64', { authorization: 'Basic a' }, '', undefined],
    ['an empty user', basic(''), '', undefined],
  ])('%s', async (_name, headers, query, trust) => {
    const project = openProject('selfsame');
    const asked = post('/import', event('e', { distinct_id: 'u', time }), query);
    const { reply } = await project.send({ ...asked, headers: { ...headers } });
    if (trust === undefined) {
      expect([reply.status, text(reply)]).toEqual([
        401,
        '{"code":401,"error":"Invalid credentials","status":"Unauthorized"}',
      ]);
      return;
    }
    expect(text(reply)).toBe('1');
    expect(await project.events()).toHaveLength(1);
    const merged = post('/import', event('$merge', { $distinct_ids: ['a', 'b'] }), query);
    await project.send({ ...merged, headers: { ...headers } });
    expect(project.people().some((person) => person.length > 1)).toBe(trust === 2);
  });

  it.each([
    ['Python', (data: string) => `data=${encodeURIComponent(data)}&verbose=1&ip=0&api_key=SRV`],
    ['Ruby', (data: string) => `data=${encodeURIComponent(btoa(data))}&verbose=1&api_key=SRV`],
  ])('api_key in the form, as the library for %s sends it', async (_name, form) => {
    const project = openProject();
    const { reply } = await project.send(request('POST', '/import', form(JSON.stringify(event('e', { time })))));
    expect([reply.status, text(reply)]).toEqual([200, '{"status":1,"error":null}']);
    expect(await project.events()).toHaveLength(1);
  });

  it('the token inside an event decides nothing', async () => {
    const { project, body } = await imports([whole({ token: 'NO' })]);
    expect(body).toBe('{"code":200,"num_records_imported":1,"status":"OK"}');
    expect((await project.events())[0]?.properties).not.toHaveProperty('token');
  });
});

describe('which answer', () => {
  const ok = '{"code":200,"num_records_imported":1,"status":"OK"}';
  const data = `data=${encodeURIComponent(base64([whole()]))}`;
  it.each([
    ['GET, as Node', request('GET', `/import?${data}`, '', basic('SRV')), '1'],
    ['form, as Node', request('POST', '/import', data, basic('SRV')), '1'],
    ['form, verbose', request('POST', '/import?verbose=1', data, basic('SRV')), '{"status":1,"error":null}'],
    ['form, strict', request('POST', '/import?strict=1', data, basic('SRV')), ok],
    ['JSON', request('POST', '/import', JSON.stringify([whole()]), basic('SRV')), ok],
    ['NDJSON', request('POST', '/import/', `${JSON.stringify(whole())}\n`, basic('SRV')), ok],
    ['one JSON object, strict=0', request('POST', '/import?strict=0', JSON.stringify(whole()), basic('SRV')), ok],
  ])('%s', async (_name, sent, body) => {
    const { reply } = await openProject().send(sent);
    expect([reply.status, text(reply)]).toEqual([200, body]);
  });
  it.each([
    ['no data, form', request('POST', '/import', '', basic('SRV')), 200, '0'],
    ['unreadable, form', request('POST', '/import', 'data=%00', basic('SRV')), 200, '0'],
    [
      'unreadable JSON',
      request('POST', '/import', '[{', basic('SRV')),
      400,
      '{"code":400,"error":"the body is not JSON","status":"Bad Request"}',
    ],
    [
      'no data, strict',
      request('POST', '/import?strict=1', '', basic('SRV')),
      400,
      '{"code":400,"error":"data, missing or empty","status":"Bad Request"}',
    ],
    [
      'too many',
      request('POST', '/import', JSON.stringify(Array.from({ length: 2001 }, () => whole())), basic('SRV')),
      413,
      '{"code":413,"error":"request exceeds max limit of 2000 records","status":"Request Entity Too Large"}',
    ],
  ])('%s', async (_name, sent, status, body) => {
    const { reply } = await openProject().send(sent);
    expect([reply.status, text(reply)]).toEqual([status, body]);
  });
});

describe('strict', () => {
  it('imports the good records of a mixed batch and answers 400, byte for byte', async () => {
    const { project, status, body } = await imports([
      whole({ time: NOW / 1000 + 2 * 3600, $insert_id: '8a66058c' }),
      whole({ $insert_id: 'good' }),
    ]);
    expect(status).toBe(400);
    expect(body).toBe(
      '{"code":400,"error":"some data points in the request failed validation","status":"Bad Request",' +
        '"num_records_imported":1,"failed_records":[{"index":0,"insert_id":"8a66058c","$insert_id":"8a66058c",' +
        '"field":"properties.time","message":"\'properties.time\' is invalid: must not be in the future"}]}',
    );
    expect((await project.events()).map((one) => one.insertId)).toEqual(['good']);
  });

  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
  const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`p${i}`, i]));
  it.each<[string, unknown, string | undefined, string | undefined, Mode?]>([
    ['whole', whole(), undefined, undefined],
    ['no object', 1, 'event', "'event' must not be missing or blank"],
    ['no event', { properties: {} }, 'event', "'event' must not be missing or blank"],
    ['a blank event', whole({}, ' '), 'event', "'event' must not be missing or blank"],
    ['no time', whole({ time: undefined }), 'properties.time', "'properties.time' is invalid: must not be missing"],
    [
      'a time in words',
      whole({ time: 'today' }),
      'properties.time',
      "'properties.time' is invalid: must be specified as seconds since epoch",
    ],
    [
      '1970',
      whole({ time: 364 * DAY }),
      'properties.time',
      "'properties.time' is invalid: must be specified as seconds since epoch",
    ],
    ['1971', whole({ time: 365 * DAY }), undefined, undefined],
    ['in an hour', whole({ time: NOW / 1000 + 3600 }), undefined, undefined],
    [
      'in more than an hour',
      whole({ time: NOW / 1000 + 3601 }),
      'properties.time',
      "'properties.time' is invalid: must not be in the future",
    ],
    ['milliseconds', whole({ time: NOW - 5 }), undefined, undefined],
    ['no insert id', whole({ $insert_id: undefined }), '$insert_id', "'$insert_id' is invalid: must not be missing"],
    [
      'an insert id with other signs',
      whole({ $insert_id: 'a_b' }),
      '$insert_id',
      "'$insert_id' is invalid: must only contain alphanumeric or hyphen '-' characters",
    ],
    [
      'a long insert id',
      whole({ $insert_id: 'a'.repeat(37) }),
      '$insert_id',
      "'$insert_id' is invalid: must not be longer than 36 characters",
    ],
    [
      'a blocklisted insert id',
      whole({ $insert_id: 'null' }),
      '$insert_id',
      "'$insert_id' is invalid: must not be a placeholder",
    ],
    ['no distinct_id, simplified', whole({ distinct_id: undefined }), undefined, undefined],
    [
      'no distinct_id, original',
      whole({ distinct_id: undefined }),
      'properties.distinct_id',
      "'properties.distinct_id' is invalid: must not be missing",
      'mixpanel-original',
    ],
    ['an empty distinct_id means no user', whole({ distinct_id: '' }), undefined, undefined, 'mixpanel-original'],
    [
      'a blocklisted distinct_id',
      whole({ distinct_id: 'NULL' }),
      'properties.distinct_id',
      "'properties.distinct_id' is invalid: must not be a placeholder",
    ],
    // It was imported as nobody's.
    ...(['$user_id', '$device_id'] as const).flatMap((name) =>
      [{}, { distinct_id: '' }].map((more): [string, object, string, string] => [
        `a blocklisted ${name} and no other id, ${JSON.stringify(more)}`,
        whole({ distinct_id: undefined, [name]: 'undefined', ...more }),
        `properties.${name}`,
        `'properties.${name}' is invalid: must not be a placeholder`,
      ]),
    ),
    ['a blocklisted $device_id beside a user', whole({ $user_id: 'u', $device_id: 'null' }), undefined, undefined],
    ['a $user_id of false', whole({ distinct_id: undefined, $user_id: false }), undefined, undefined],
    [
      'a distinct_id of 513 bytes',
      whole({ distinct_id: 'x'.repeat(513) }),
      'properties.distinct_id',
      "'properties.distinct_id' is invalid: an identifier is longer than 512 bytes",
    ],
    [
      'half a surrogate pair',
      whole({ title: '\ud800' }),
      'properties.title',
      'properties.title is invalid: string should be valid utf8',
    ],
    ['254 properties', whole(many(250)), undefined, undefined],
    ['255 properties', whole(many(251)), 'properties', "'properties' is invalid: must have fewer than 255 properties"],
    ['254 keys', whole({ o: many(254) }), undefined, undefined],
    [
      '255 keys',
      whole({ o: many(255) }),
      'properties.o',
      'properties.o is invalid: object must have fewer than 255 keys',
    ],
    ['254 elements', whole({ a: Array(254).fill(1) }), undefined, undefined],
    [
      '255 elements',
      whole({ a: Array(255).fill(1) }),
      'properties.a',
      'properties.a is invalid: array must have fewer than 255 elements',
    ],
    ['three levels', whole({ o: deep(3) }), undefined, undefined],
    [
      'four levels',
      whole({ o: deep(4) }),
      'properties.o',
      'properties.o is invalid: must not nest deeper than 3 levels',
    ],
    ['$identify, original', whole({ $anon_distinct_id: 'x' }, '$identify'), undefined, undefined, 'mixpanel-original'],
    [
      '$merge, original',
      event('$merge', { $distinct_ids: ['a', 'b'], time: NOW / 1000, $insert_id: 'm' }),
      undefined,
      undefined,
      'mixpanel-original',
    ],
    ...(['distinct_id', '$user_id', '$device_id'] as const).flatMap((name) =>
      [1.5, { a: 1 }, ['a']].map((sent): [string, object, string, string] => [
        `${name} ${JSON.stringify(sent)}`,
        whole({ [name]: sent }),
        `properties.${name}`,
        `'properties.${name}' is invalid: must be text or a whole number`,
      ]),
    ),
    // It was answered with success, and did nothing.
    ...([undefined, ['a'], ['a', 'b', 'c'], 'a,b', ['a', 'undefined']] as const).map(
      ($distinct_ids): [string, object, string, string, Mode] => [
        `$merge of ${JSON.stringify($distinct_ids)}`,
        event('$merge', { $distinct_ids }),
        'properties.$distinct_ids',
        "'properties.$distinct_ids' is invalid: must be two ids, and none of them a placeholder",
        'mixpanel-original',
      ],
    ),
    ...(
      [
        ['$identify', '$anon_id', { $identified_id: 'u' }],
        ['$identify', '$anon_id', { distinct_id: 'u', $anon_distinct_id: 'undefined' }],
        ['$identify', '$anon_id', { $identified_id: 1.5, $anon_id: 'a' }],
        ['$create_alias', 'alias', { distinct_id: 'u' }],
        ['$create_alias', 'alias', { distinct_id: 'u', alias: 1.5 }],
      ] as const
    ).map(([name, property, ids]): [string, object, string, string, Mode] => [
      `${name} of ${JSON.stringify(ids)}`,
      event(name, ids),
      `properties.${property}`,
      `'properties.${property}' is invalid: must be an id beside another, and none of them a placeholder`,
      'mixpanel-original',
    ]),
  ])('%s', async (_name, record, field, message, mode) => {
    const { answer } = await imports([record], '?strict=1', mode);
    if (field === undefined) return expect(answer).toEqual({ code: 200, num_records_imported: 1, status: 'OK' });
    expect(answer).toMatchObject({
      code: 400,
      num_records_imported: 0,
      failed_records: [{ index: 0, field, message }],
    });
    // Whoever imports knows a record by its own name, whether this wire refuses it or the rules do.
    const sent = (record as { readonly properties?: { readonly $insert_id?: unknown } }).properties?.$insert_id;
    if (typeof sent === 'string') expect(answer.failed_records).toMatchObject([{ insert_id: sent, $insert_id: sent }]);
  });

  it('names the record that JSON limits refuse, and takes the others', async () => {
    const bad = `{"event":"e","properties":${'['.repeat(40)}${']'.repeat(40)}}`;
    const { reply } = await openProject().send(
      request('POST', '/import?strict=1', `[${bad},${JSON.stringify(whole())}]`, basic('SRV')),
    );
    expect(JSON.parse(text(reply))).toMatchObject({ num_records_imported: 1, failed_records: [{ index: 0 }] });
  });

  it('an edit that the original merge refuses is no failure', async () => {
    const { answer, verdicts } = await imports(
      [whole({ $anon_distinct_id: 'u' }, '$identify')],
      '?strict=1',
      'mixpanel-original',
    );
    expect(answer.code).toBe(200);
    expect(verdicts[0]?.notes).toMatchObject([{ code: 'errSameIDs' }]);
  });
});

describe('identity events in the simplified merge', () => {
  const reason = 'identity events are not allowed when project is using simplified identity management';
  it.each(['$identify', '$create_alias', '$merge'])('%s is refused with bare text', async (name) => {
    for (const query of ['?strict=1', '']) {
      const { status, body } = await imports([whole({ $distinct_ids: ['a', 'b'] }, name)], query);
      expect(status).toBe(400);
      expect(body).toBe(
        `{"code":400,"error":"some data points in the request failed validation","status":"Bad Request","num_records_imported":0,"failed_records":["${reason}"]}`,
      );
    }
  });
});

describe('without strict: what is usable is taken', () => {
  it.each<[string, unknown, number]>([
    ['no time, no insert id, no distinct_id', event('e'), 1],
    ['a blocklisted distinct_id is nobody', event('e', { distinct_id: 'null' }), 1],
    ['four levels', whole({ o: { a: { b: { c: { d: 1 } } } } }), 1],
    ['no event', { properties: {} }, 0],
    ['the future', whole({ time: NOW / 1000 + 7200 }), 0],
    ['1970', whole({ time: 1 }), 0],
  ])('%s', async (_name, record, kept) => {
    const { project, body } = await imports([record], '');
    expect(body).toBe(`{"code":200,"num_records_imported":${kept},"status":"OK"}`);
    expect(await project.events()).toHaveLength(kept);
    const { reply } = await openProject().send({ ...post('/import', record), headers: basic('SRV') });
    expect(text(reply)).toBe(String(kept));
  });
});

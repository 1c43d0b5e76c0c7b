import { describe, expect, it } from 'vitest';
import { event, type Mode, NOW, openProject, type Project, post, request } from './project.ts';

const D = '43fef15e-93c7-4bb8-9fb4-40d8777722bf';
const D2 = '53fef15e-93c7-4bb8-9fb4-40d8777722bf';

/** Sends events one request each, a second apart; answers who owns each afterwards, `-` for nobody. */
async function owners(mode: Mode, sent: readonly object[]): Promise<readonly string[]> {
  const project = openProject(mode);
  await sendAll(project, sent);
  return ownersOf(project);
}

async function sendAll(project: Project, sent: readonly object[], path = '/track'): Promise<void> {
  for (const one of sent) {
    const asked = post(path, one);
    await project.send(path === '/import' ? { ...asked, headers: { authorization: `Basic ${btoa('SRV:')}` } } : asked);
    project.tick(1000);
  }
}

const ownersOf = async (project: Project): Promise<readonly string[]> =>
  (await project.events('hidden')).map(({ owner, properties }) =>
    owner === null ? '-' : String(properties['distinct_id']),
  );

/** An ordinary event of a device, a user, or both, as the browser sends it. */
const e = (device?: string, user?: string, more: object = {}): object =>
  event('e', {
    distinct_id: user ?? (device === undefined ? '' : `$device:${device}`),
    ...(device === undefined ? {} : { $device_id: device }),
    ...(user === undefined ? {} : { $user_id: user }),
    ...more,
  });
const identify = (device: string, user: string) =>
  event('$identify', { distinct_id: user, $user_id: user, $device_id: device, $anon_distinct_id: `$device:${device}` });

describe('simplified merge: the flows the vendor documents', () => {
  it.each<[string, readonly object[], readonly string[]]>([
    ['sign-up', [e('D1'), e('D1'), e('D1', 'U1')], ['U1', 'U1', 'U1']],
    ['second device', [e('D1'), e('D1', 'U1'), e('D2'), e('D2', 'U1')], ['U1', 'U1', 'U1', 'U1']],
    ['log out with reset, other user', [e('D1'), e('D1', 'U1'), e('D2'), e('D2', 'U2')], ['U1', 'U1', 'U2', 'U2']],
    ['log out with reset, nobody logs in', [e('D1', 'U1'), e('D2')], ['U1', '$device:D2']],
    ['log out with reset, same user', [e('D1', 'U1'), e('D2'), e('D2', 'U1')], ['U1', 'U1', 'U1']],
    [
      'shared device, no reset',
      [e('D1'), e('D1', 'U1'), e('D1'), e('D1', 'U2'), e('D1')],
      ['U1', 'U1', 'U1', 'U2', 'U1'],
    ],
    [
      'link arrives first',
      [e('D1', 'U1'), e('D1', undefined, { time: NOW / 1000 - 9000 }), e('D1', undefined, { time: NOW / 1000 - 99 })],
      ['U1', 'U1', 'U1'],
    ],
    ['server only knows the user', [e('D1'), e(undefined, 'U1'), e('D1', 'U1')], ['U1', 'U1', 'U1']],
    ['never together', [e('D1'), e(undefined, 'U1')], ['$device:D1', 'U1']],
    ['real SDK login', [e('D1'), identify('D1', 'U1'), e('D1', 'U1')], ['U1', '-', 'U1']],
    ['somebody identified as nobody', [e('D1'), e('D1', '$device:D1'), e('D1', 'U1')], ['U1', 'U1', 'U1']],
    ['login, then nothing', [e('D1'), identify('D1', 'U1')], ['$device:D1', '-']],
    [
      'second id of a user sent as device',
      [e('a', 'charlie'), e('+65', 'charlie'), e(undefined, '+65')],
      ['charlie', 'charlie', '+65'],
    ],
  ])('%s', async (_name, sent, expected) => expect(await owners('mixpanel-simplified', sent)).toEqual(expected));
});

describe('simplified merge: its rules', () => {
  it.each<[string, object, readonly string[]]>([
    ['a sent distinct_id is overwritten by $user_id', { distinct_id: 'x', $user_id: 'u' }, ['user:u']],
    ['a sent distinct_id is overwritten by $device_id', { distinct_id: 'x', $device_id: 'd' }, ['device:d']],
    [
      'a blank distinct_id overrides nothing',
      { distinct_id: '', $device_id: 'd', $user_id: 'u' },
      ['device:d', 'user:u'],
    ],
    ['one prefix is taken away', { $device_id: '$device:$device:d' }, ['device:$device:d']],
    ['distinct_id alone, with the prefix', { distinct_id: '$device:d' }, ['device:d']],
    ['a user with the prefix is the device', { $user_id: '$device:d', $device_id: 'd' }, ['device:d']],
    ['a user with the prefix alone', { distinct_id: 'x', $user_id: '$device:d' }, ['device:d']],
    ['distinct_id alone, a plain UUID: a user', { distinct_id: D }, [`user:${D}`]],
    ['numbers are text', { $user_id: 42 }, ['user:42']],
    ['objects are no ids', { $user_id: { a: 1 }, $device_id: ['d'], distinct_id: {} }, []],
    ['a fraction is no id', { distinct_id: 1.5, $user_id: 'u' }, ['user:u']],
    ['case counts, blanks count', { distinct_id: ' Ann' }, ['user: Ann']],
    ['no id of any kind', {}, []],
    ['a prefix and nothing', { distinct_id: '$device:' }, []],
    ['a blocklisted user is left out', { $user_id: 'undefined', $device_id: 'd' }, ['device:d']],
    ['a blocklisted device is left out', { $user_id: 'u', $device_id: '$device:null' }, ['user:u']],
    ['both blocklisted: the distinct_id counts', { $user_id: 'nil', $device_id: 'anon', distinct_id: 'x' }, ['user:x']],
  ])('%s', async (_name, ids, expected) => {
    const project = openProject();
    await project.send(post('/track', event('e', ids)));
    expect(project.people().flat()).toEqual(expected);
    expect(await project.events()).toHaveLength(1);
  });

  const blocklist =
    '00000000-0000-0000-0000-000000000000|anon|anonymous|nil|none|null|n/a|na|undefined|unknown|<nil>|0|-1|true|false|[]|{}';
  it.each(blocklist.split('|'))('%s is nobody, in any case and padding (S13)', async (id) => {
    const project = openProject();
    for (const spelled of [id, ` ${id.toUpperCase()}\t`])
      for (const ids of [
        { distinct_id: spelled },
        { $device_id: spelled },
        { $user_id: spelled, $device_id: `$device:${spelled}` },
      ])
        await project.send(post('/track', event('e', ids)));
    expect(project.people()).toEqual([]);
    expect(await project.events()).toHaveLength(6);
  });

  it('numbers, booleans and zero on the blocklist are nobody too', async () => {
    expect(
      await owners(
        'mixpanel-simplified',
        [0, -1, true, false].map((id) => event('e', { distinct_id: id })),
      ),
    ).toEqual(['-', '-', '-', '-']);
  });

  it('the same text as device and as user are two', async () => {
    expect(await owners('mixpanel-simplified', [e('x'), e(undefined, 'x')])).toEqual(['$device:x', 'x']);
  });

  it.each(['$identify', '$create_alias', '$merge'])('%s links nobody', async (name) => {
    const project = openProject();
    await project.send(
      post(
        '/track',
        event(name, {
          distinct_id: 'u',
          alias: 'a',
          $device_id: D,
          $user_id: 'u',
          $anon_distinct_id: `$device:${D}`,
          $distinct_ids: ['u', D],
        }),
      ),
    );
    expect(project.people()).toEqual([]);
    expect(await project.events()).toEqual([]);
    expect((await project.events('hidden')).map((one) => one.name)).toEqual([name]);
  });

  it('$ignore drops the event and its link', async () => {
    const project = openProject();
    for (const ignore of [true, 1, 'x', {}]) await project.send(post('/track', e('D1', 'U1', { $ignore: ignore })));
    expect([project.people(), await project.events()]).toEqual([[], []]);
    for (const ignore of ['', false]) await project.send(post('/track', e('D1', 'U1', { $ignore: ignore })));
    expect(project.people()).toEqual([['device:D1', 'user:U1']]);
  });
});

describe('properties shown when an event is read', () => {
  it('says whose it was before, and what was refused', async () => {
    const project = openProject();
    await sendAll(project, [e('D1'), e('D1', 'U1'), e('D1', 'U2'), event('none', { $user_id: {}, distinct_id: '' })]);
    const [before, link, refused, none] = (await project.events()).map((one) => one.properties);
    expect(before).toMatchObject({
      distinct_id: 'U1',
      $distinct_id_before_identity: '$device:D1',
      $is_reshuffled: true,
    });
    expect(link).toMatchObject({ distinct_id: 'U1' });
    expect(link).not.toHaveProperty('$is_reshuffled');
    expect(link).not.toHaveProperty('$identity_failure_reason');
    expect(refused).toMatchObject({ distinct_id: 'U2', $identity_failure_reason: 'errAnonDistinctIdAssignedAlready' });
    expect(none).toMatchObject({ distinct_id: '', $identity_failure_reason: 'errInvalidDistinctId' });
  });

  it('keeps neither token nor ip, and everything else as sent', async () => {
    const project = openProject();
    const sent = { distinct_id: 'u', ip: '10.0.0.1', $ip: 'kept', time: NOW / 1000, plan: { a: [1, 'x'.repeat(300)] } };
    await project.send(post('/track', event('e', sent)));
    const { ip: _ip, ...kept } = sent;
    expect((await project.events())[0]?.properties).toEqual(kept);
  });
});

describe('original merge', () => {
  const merge = (...ids: readonly unknown[]) => event('$merge', { $distinct_ids: ids });
  const alias = (distinct_id: string, name: string) => event('$create_alias', { distinct_id, alias: name });

  it('an event belongs to its distinct_id; the other ids link nothing', async () => {
    expect(await owners('mixpanel-original', [event('e', { distinct_id: D, $device_id: D2, $user_id: 'u' })])).toEqual([
      D,
    ]);
  });

  it.each(['00000000-0000-0000-0000-000000000000', '0', '(not set)', ''])(
    'a device that is nobody’s has no prefix that makes it somebody’s: %j [V3]',
    async (nobody) => {
      expect(await owners('mixpanel-original', [e(nobody), identify(nobody, 'u'), e(nobody)])).toEqual([
        ...['-', '-', '-'],
      ]);
    },
  );

  it.each<[string, readonly object[], string]>([
    ['identify', [identify(D, 'u')], `$device:${D} u`],
    ['identify, as the HTTP API spells it', [event('$identify', { $identified_id: 'u', $anon_id: D })], `${D} u`],
    ['identify twice: the second is refused', [identify(D, 'u'), identify(D, 'v')], `$device:${D} u|v`],
    [
      'identify of a former user: no GUID, refused',
      [event('$identify', { distinct_id: 'v', $anon_distinct_id: 'u' })],
      'u|v',
    ],
    ['identify with itself', [event('$identify', { distinct_id: 'u', $anon_distinct_id: 'u' })], ''],
    ['alias', [alias('u', 'a')], 'a u'],
    ['an alias is given once', [alias('u', 'a'), alias('v', 'a')], 'a u|v'],
    ['aliases fan in and chain', [alias('u', 'a'), alias('u', 'b'), alias('b', 'c')], 'a b c u'],
    ['a merge on /track has no effect', [merge('u', 'v')], ''],
  ])('%s', async (_name, sent, expected) => {
    const project = openProject('mixpanel-original');
    await sendAll(project, sent);
    const people = project.people().map((keys) => keys.map((key) => key.replace('distinct_id:', '')).join(' '));
    expect(people.join('|')).toBe(expected);
  });

  it.each<[string, readonly object[], string]>([
    ['two users', [merge('u', 'v')], 'u v'],
    ['two anonymous ids', [merge(D, D2)], `${D} ${D2}`],
    ['whole clusters', [merge('a', 'b'), merge('c', 'd'), merge('b', 'c')], 'a b c d'],
    ['never one, three or none', [merge('a'), merge('a', 'b', 'c'), event('$merge')], ''],
  ])('$merge on /import: %s', async (_name, sent, expected) => {
    const project = openProject('mixpanel-original');
    await sendAll(project, sent, '/import');
    const people = project.people().map((keys) => keys.map((key) => key.replace('distinct_id:', '')).join(' '));
    expect(people.join('|')).toBe(expected);
  });

  it('a refused edit is kept with the vendor’s reason, and answered with success', async () => {
    const project = openProject('mixpanel-original');
    await project.send(post('/track', identify(D, 'u')));
    const { reply, verdicts } = await project.send(post('/track', identify(D, 'v')));
    expect(reply.body).toBe('1');
    expect(verdicts[0]?.notes).toMatchObject([
      { code: 'errAnonDistinctIdAssignedAlready', text: `$anon_distinct_id already identified: $device:${D}` },
    ]);
    const [joined, refused] = await project.events('hidden');
    expect(joined).toMatchObject({ name: '$identify', properties: { distinct_id: 'u' } });
    expect(joined?.properties).not.toHaveProperty('$failure_reason');
    expect(refused?.properties).toMatchObject({
      distinct_id: 'v',
      $failure_reason: 'errAnonDistinctIdAssignedAlready',
      $failure_description: `$anon_distinct_id already identified: $device:${D}`,
    });
    expect(await project.events()).toEqual([]);
  });

  it('is retroactive: any id of the cluster finds everything', async () => {
    const project = openProject('mixpanel-original');
    await sendAll(project, [
      event('e', { distinct_id: `$device:${D}` }),
      identify(D, 'u'),
      event('e', { distinct_id: 'u' }),
    ]);
    expect(await ownersOf(project)).toEqual(['u', 'u', 'u']);
    expect((await project.events())[0]?.properties).toMatchObject({ $distinct_id_before_identity: `$device:${D}` });
  });
});

describe('our own policy: identity events are evidence', () => {
  it.each<[string, readonly object[], readonly (readonly string[])[]]>([
    ['identify links the device', [identify(D, 'u')], [[`device:${D}`, 'user:u']]],
    [
      'an anonymous id without a device id',
      [event('$identify', { distinct_id: 'u', $anon_distinct_id: D })],
      [[`device:${D}`, 'user:u']],
    ],
    [
      'a former user is not a device',
      [event('$identify', { distinct_id: 'v', $user_id: 'v', $device_id: D2, $anon_distinct_id: D })],
      [[`device:${D2}`, 'user:v']],
    ],
    [
      'alias of an anonymous visitor',
      [event('$create_alias', { distinct_id: `$device:${D}`, alias: 'a' })],
      [[`device:${D}`, 'user:a']],
    ],
    [
      'alias of a user needs more trust (S11)',
      [event('$create_alias', { distinct_id: 'u', alias: 'a' })],
      [['user:a'], ['user:u']],
    ],
    ['identify with nobody', [event('$identify', { distinct_id: 'null' })], []],
  ])('%s', async (_name, sent, expected) => {
    const project = openProject('selfsame');
    await sendAll(project, sent);
    expect(project.people()).toEqual(expected);
  });

  it('a shared device is a timeline', async () => {
    const sent = [e('D1'), identify('D1', 'U1'), e('D1', 'U1'), identify('D1', 'U2'), e('D1', 'U2'), e('D1')];
    expect(await owners('selfsame', sent)).toEqual(['U1', 'U1', 'U2', 'U2']);
  });

  it('the server key may merge two users on /import', async () => {
    const project = openProject('selfsame');
    await sendAll(project, [event('$merge', { $distinct_ids: ['u', 'v'] })], '/import');
    expect(project.people()).toEqual([['user:u', 'user:v']]);
  });
});

describe('duplicates and time', () => {
  const same = { distinct_id: 'u', time: NOW / 1000 - 60.5, $insert_id: 'i-1' };
  it.each<[string, object, number]>([
    ['the same again', same, 1],
    ['other properties do not count, the latest copy shows', { ...same, plan: 'new' }, 1],
    ['the same moment in milliseconds', { ...same, time: NOW - 60_500 }, 1],
    ['another insert id', { ...same, $insert_id: 'i-2' }, 2],
    ['another time', { ...same, time: NOW / 1000 - 60 }, 2],
    ['another distinct_id', { ...same, distinct_id: 'v' }, 2],
    ['no insert id', { ...same, $insert_id: undefined }, 2],
  ])('%s', async (_name, again, kept) => {
    const project = openProject();
    await project.send(post('/track', event('e', same)));
    project.tick(5000);
    await project.send(post('/track', [event('e', again)]));
    const events = await project.events();
    expect(events).toHaveLength(kept);
    if (kept === 1) expect(events[0]?.properties).toEqual({ ...again, distinct_id: 'u' });
  });

  it('another name is another event; no insert id, or a blocklisted one, makes no duplicate', async () => {
    const project = openProject();
    for (const name of ['e', 'f']) await project.send(post('/track', event(name, same)));
    for (const id of [undefined, undefined, 'null', 'null', 'NA', 'NA'])
      await project.send(post('/track', event('g', { ...same, $insert_id: id })));
    expect(await project.events()).toHaveLength(8);
  });

  it('every copy’s identity counts', async () => {
    const project = openProject();
    await project.send(post('/track', event('e', { $user_id: 'u', time: NOW / 1000, $insert_id: 'i' })));
    const { verdicts } = await project.send(
      post('/track', event('e', { $user_id: 'u', $device_id: 'd', time: NOW / 1000, $insert_id: 'i' })),
    );
    expect(verdicts.map((verdict) => verdict.status)).toEqual(['duplicate']);
    expect(project.people()).toEqual([['device:d', 'user:u']]);
  });

  it('a future time is now; a retry of it is a duplicate all the same', async () => {
    const project = openProject();
    for (let i = 0; i < 2; i++) {
      await project.send(post('/track', event('e', { ...same, time: NOW / 1000 + 9e6 })));
      project.tick(1000);
    }
    expect((await project.events()).map((one) => one.time)).toEqual([NOW + 1000]);
  });

  it.each<[string, unknown, number | undefined]>([
    ['seconds', NOW / 1000 - 10, NOW - 10_000],
    ['fractional seconds', NOW / 1000 - 9.77, NOW - 9770],
    ['milliseconds', NOW - 10, NOW - 10],
    ['digits', String(NOW / 1000 - 10), NOW - 10_000],
    ['absent', undefined, NOW],
    ['no time at all', 'yesterday', NOW],
    ['five days old', NOW / 1000 - 5 * 86_400, NOW - 5 * 86_400_000],
    ['older than five days', NOW / 1000 - 5 * 86_400 - 1, undefined],
    ['zero, which says none', 0, NOW],
    ['the year 1, which says none', '0001-01-01T00:00:00Z', NOW],
  ])('%s', async (_name, time, expected) => {
    const project = openProject();
    const { reply } = await project.send(post('/track', event('e', { distinct_id: 'u', time })));
    expect(reply.body).toBe('1');
    expect((await project.events()).map((one) => one.time)).toEqual(expected === undefined ? [] : [expected]);
  });
});

it('order inside and across requests does not change who a page’s events belong to', async () => {
  const sent = [e('D1'), identify('D1', 'U1'), e('D1', 'U1'), e('D1')];
  for (const order of [
    [3, 2, 1, 0],
    [1, 0, 3, 2],
    [2, 0, 1, 3],
  ]) {
    const project = openProject();
    await project.send(
      post(
        '/track',
        order.slice(0, 2).map((i) => sent[i]),
      ),
    );
    await project.send(request('POST', '/track', `data=${btoa(JSON.stringify(order.slice(2).map((i) => sent[i])))}`));
    expect(new Set(await ownersOf(project))).toEqual(new Set(['U1', '-']));
  }
});

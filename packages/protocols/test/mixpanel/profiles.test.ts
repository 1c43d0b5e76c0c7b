import { describe, expect, it } from 'vitest';
import { event, type Mode, openProject, type Project, post } from './project.ts';

const update = (operations: object, id: unknown = 'u') => ({ $token: 'PUB', $distinct_id: id, ...operations });

async function engage(project: Project, ...updates: readonly object[]): Promise<void> {
  for (const one of updates) {
    expect((await project.send(post('/engage', one))).reply.body).toBe('1');
    project.tick(1000);
  }
}

describe('operations', () => {
  it.each<[string, readonly object[], object]>([
    ['$set', [{ $set: { a: 1, b: 'x' } }, { $set: { a: 2 } }], { a: 2, b: 'x' }],
    ['$set of null is a word', [{ $set: { a: null } }], { a: null }],
    ['$set_once', [{ $set_once: { a: 1 } }, { $set_once: { a: 2, b: 3 } }], { a: 1, b: 3 }],
    ['$set_once skips null', [{ $set_once: { initial_utm_term: null, a: 1 } }], { a: 1 }],
    ['$add', [{ $add: { n: 3 } }, { $add: { n: -1, m: 0.5 } }], { n: 2, m: 0.5 }],
    ['$append', [{ $append: { l: 'x' } }, { $append: { l: 'x' } }], { l: ['x', 'x'] }],
    ['$union', [{ $union: { l: ['x'] } }, { $union: { l: ['x', 'y'] } }], { l: ['x', 'y'] }],
    ['$union of one value', [{ $union: { l: 'x' } }], { l: ['x'] }],
    ['$remove', [{ $set: { l: ['x', 'y'] } }, { $remove: { l: 'x', other: 1 } }], { l: ['y'] }],
    ['$unset', [{ $set: { a: 1, b: 2 } }, { $unset: ['a', 'absent'] }], { b: 2 }],
    ['$delete, whatever its value', [{ $set: { a: 1 } }, { $delete: '' }, { $set: { b: 2 } }], { b: 2 }],
    ['$delete with its id', [{ $set: { a: 1 } }, { $delete: 'u', $ignore_alias: true }], {}],
    ['several at once', [{ $set: { a: 1 }, $add: { n: 1 }, $append: { l: 1 } }], { a: 1, n: 1, l: [1] }],
    ['an empty $set creates the profile', [{ $set: {} }], {}],
    [
      'modifiers are no traits',
      [{ $set: { a: 1 }, $ip: '1.2.3.4', $time: 1, $ignore_time: true, $latitude: 1, $longitude: 1 }],
      { a: 1 },
    ],
    ['a charge', [{ $append: { $transactions: { $amount: 25 } } }], { $transactions: [{ $amount: 25 }] }],
    [
      'prototype keys are names',
      [JSON.parse('{"$set":{"__proto__":1,"constructor":2}}')],
      JSON.parse('{"__proto__":1,"constructor":2}'),
    ],
  ])('%s', async (_name, operations, traits) => {
    const project = openProject();
    await engage(project, ...operations.map((one) => update(one)));
    expect(project.traits('user', 'u')).toEqual(traits);
  });

  it.each([
    [{}, 'operation, missing'],
    [{ $ip: 1 }, 'operation, missing'],
    [{ $set: 1 }, '$set, must be an object'],
    [{ $set: ['a'] }, '$set, must be an object'],
    [{ $add: { n: 'x' } }, '$add, must be an object of numbers'],
    // The reader of JSON keeps its digits (S19), so it comes as text.
    [{ $add: { m: 1, n: '-9007199254740993' } }, '$add, must be numbers up to 2^53'],
    [{ $unset: [1] }, '$unset, must be an array of names'],
  ])('%j: %s', async (operations, error) => {
    const { reply } = await openProject().send(post('/engage', update(operations), '?verbose=1'));
    expect(reply.body).toBe(JSON.stringify({ status: 0, error }));
  });

  it.each<Mode>(['mixpanel-simplified', 'mixpanel-original', 'selfsame'])(
    'the updates of one request apply in their order (%s)',
    async (mode) => {
      const project = openProject(mode);
      const many = Array.from({ length: 50 }, (_, i) => update({ $set: { last: i, [`p${i}`]: i } }));
      await project.send(post('/engage', [...many, update({ $set: { last: 'z' } }), update({ $set: { last: 'a' } })]));
      const kind = mode === 'mixpanel-original' ? 'distinct_id' : 'user';
      expect(project.traits(kind, 'u')).toMatchObject({ last: 'a', p0: 0, p49: 49 });
    },
  );

  it('an update that a phone sends again counts once, by what its SDK named it', async () => {
    const project = openProject();
    const of = ($mp_event_id: unknown, $mp_session_id?: unknown) =>
      update({ $add: { n: 1 }, $mp_metadata: { $mp_event_id, $mp_session_id, $mp_session_seq_id: 0 } });
    const named = [of('bca65ea1fe5b8360', '326fb8859f88fe05'), of('bca65ea1', '326fb885'), of('bca65ea1', '4e783d68')];
    await engage(project, ...named, ...named);
    expect(project.traits('user', 'u')).toEqual({ n: 3 });
    const unnamed = [of('bca65ea1'), of(null, null), of({ a: 1 }, 's'), update({ $add: { n: 1 }, $mp_metadata: 'x' })];
    await engage(project, ...unnamed, ...unnamed);
    expect(project.traits('user', 'u')).toEqual({ n: 11 });
  });
});

describe('whose profile', () => {
  it('simplified: an update links nobody, and a device’s own properties stay behind at login', async () => {
    const project = openProject();
    await engage(project, { ...update({ $set: { a: 'device' } }, '$device:d'), $device_id: 'd', $user_id: 'u' });
    expect(project.people()).toEqual([['device:d']]);
    await engage(project, update({ $set: { b: 'user' } }));
    await project.send(post('/track', event('e', { $device_id: 'd', $user_id: 'u' })));
    project.tick(1000);
    expect(project.traits('user', 'u')).toEqual({ b: 'user' });
    await engage(project, update({ $set: { c: 'late' } }, '$device:d'));
    expect(project.traits('user', 'u')).toEqual({ b: 'user', c: 'late' });
  });

  it('original: any id of the cluster reaches the profile; of two profiles one shows', async () => {
    const project = openProject('mixpanel-original');
    const device = '$device:43fef15e-93c7-4bb8-9fb4-40d8777722bf';
    await engage(project, update({ $set: { a: 1 } }, device));
    await project.send(post('/track', event('$identify', { distinct_id: 'u', $anon_distinct_id: device })));
    project.tick(1000);
    expect(project.traits('distinct_id', 'u')).toEqual({ a: 1 });
    await engage(project, update({ $set: { b: 2 } }, device));
    expect(project.traits('distinct_id', 'u')).toEqual({ a: 1, b: 2 });
  });

  it('our own policy carries the anonymous time over', async () => {
    const project = openProject('selfsame');
    await engage(project, update({ $set: { a: 1 } }, '$device:d'));
    await project.send(post('/track', event('$identify', { distinct_id: 'u', $device_id: 'd' })));
    expect(project.traits('user', 'u')).toEqual({ a: 1 });
  });

  it('numbers are text', async () => {
    const project = openProject();
    await engage(project, update({ $set: { a: 1 } }, 42));
    expect(project.traits('user', '42')).toEqual({ a: 1 });
  });
});

describe('groups', () => {
  const group = (operations: object, key = 'company', id: unknown = 'Acme') => ({
    $token: 'PUB',
    $group_key: key,
    $group_id: id,
    ...operations,
  });

  it('have profiles of their own, and join nobody', async () => {
    const project = openProject();
    await project.send(
      post('/groups', [
        group({ $set: { seats: 3 } }),
        group({ $union: { tags: ['a'] } }),
        group({ $set_once: { seats: 9, since: 1 } }),
      ]),
    );
    await project.send(
      post('/track', [
        event('e', { $user_id: 'u', company: ['Acme'] }),
        event('e', { $user_id: 'v', company: ['Acme'] }),
      ]),
    );
    expect(project.traits('group.company', 'Acme')).toEqual({ seats: 3, tags: ['a'], since: 1 });
    project.tick(1000);
    await project.send(post('/groups', [group({ $remove: { tags: 'a' } }), group({ $unset: ['since'] })]));
    expect(project.traits('group.company', 'Acme')).toEqual({ seats: 3, tags: [] });
    project.tick(1000);
    await project.send(post('/groups', group({ $delete: '' })));
    expect(project.traits('group.company', 'Acme')).toEqual({});
    expect(project.people()).toEqual([['group.company:Acme'], ['user:u'], ['user:v']]);
  });

  it.each([
    [group({ $set: { a: 1 } }, 'a:b'), '$group_key, must be 1 to 58 letters, digits, or _ . $ -'],
    [group({ $set: { a: 1 } }, 'x'.repeat(59)), '$group_key, must be 1 to 58 letters, digits, or _ . $ -'],
    [group({ $set: { a: 1 } }, 'company', 'null'), '$group_id, missing or empty'],
    [group({ $add: { a: 1 } }), '$add, not for groups'],
    [group({ $append: { a: 1 } }), '$append, not for groups'],
  ])('%j: %s', async (sent, error) => {
    const { reply } = await openProject().send(post('/groups', sent, '?verbose=1'));
    expect(reply.body).toBe(JSON.stringify({ status: 0, error }));
  });
});

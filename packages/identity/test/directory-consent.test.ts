import { describe, expect, it } from 'vitest';
import { keyOf } from '../src/index.ts';
import { byDefault, ids, isolation, session } from './session.ts';

describe('one person’s no in the directory', () => {
  const denied = (policy = byDefault) => {
    const one = session(policy);
    one.call('identify D1');
    one.call('login D1 c1');
    one.tell({ type: 'Consent', ids: ids('c1'), consent: 'denied' }, { trust: 2 });
    return one;
  };

  it('[G3] the next customer of the device logs in, and is known; a logout is taken', () => {
    const one = denied();
    expect(one.call('logout D1')).not.toBe('A');
    expect(one.last().status).toBe('applied');
    one.call('login D1 c2');
    expect(one.last()).toMatchObject({ status: 'applied', answer: { loggedIn: true, known: true } });
    expect(one.person('user', 'c1')?.consent).toBe('denied');
  });

  it('[G3] … without a logout too', () => {
    const one = denied();
    one.call('login D1 c2');
    expect(one.last()).toMatchObject({ status: 'applied', answer: { loggedIn: true } });
  });

  it('[G3] who said no is answered and not kept', () => {
    const one = denied();
    one.call('login D2 c1');
    expect(one.last()).toMatchObject({ status: 'suppressed', answer: { loggedIn: false, known: false } });
    expect(one.graph().node(keyOf({ kind: 'device', value: 'D2' }))).toBeUndefined();
  });

  it('[G3] a modify and an alias ask too, and change nothing', () => {
    const one = denied();
    one.call('identify D2');
    const before = one.graph();
    expect(one.modify('A', ['email', null, 'x@'])).toMatchObject({ status: 'suppressed', answer: { changed: [] } });
    const [source, destination] = [one.mpidOf('B'), one.mpidOf('A')];
    one.tell({ type: 'Alias', source, destination, from: 0, to: 9000, shownFrom: 0 });
    expect(one.last().status).toBe('suppressed');
    one.tell({ type: 'Consent', ids: ids('x@'), consent: 'denied' }, { trust: 2 });
    expect(one.modify('B', ['email', null, 'x@']).status).toBe('suppressed');
    for (const node of before.nodes.values()) expect(one.graph().node(node.key)).toEqual(node);
  });

  it('[G4] no page speaks for a profile that a backend named', () => {
    const one = session(byDefault);
    one.call('identify D1');
    const ids = [{ kind: 'mpid', value: one.mpidOf('A') }];
    const no = { type: 'Consent', ids, consent: 'denied' } as const;
    one.tell({ type: 'Track', ids, name: 'Order', properties: {} }, { trust: 2 });
    one.tell(no);
    expect(one.last()).toMatchObject({ status: 'rejected', rule: 'G4' });
  });

  it.each(['suppressed', 'rejected'])('[G7] a %s call writes nothing', (status) => {
    const one = session({ ...(status === 'suppressed' ? byDefault : isolation), identityMode: 'enforce' });
    one.tell({ type: 'Identify', ids: ids('c9') }, { trust: 2 });
    one.call('identify D1');
    if (status === 'suppressed') one.tell({ type: 'Consent', ids: ids('D1'), consent: 'denied' });
    const before = one.graph();
    one.call('login D1 c9');
    expect(one.last().status).toBe(status);
    for (const node of one.graph().nodes.values()) expect(node).toEqual(before.node(node.key));
  });
});

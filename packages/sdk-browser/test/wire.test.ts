import { expect, it } from 'vitest';
import { native } from '../../protocols/src/native/index.ts';
import { host, post } from '../../protocols/test/native/host.ts';
import { mixpanelOn } from '../src/compat/mixpanel.ts';
import { analyticsOn } from '../src/compat/segment.ts';
import { people } from '../src/people.ts';
import { user } from '../src/user.ts';
import { Stage } from './stage.ts';

// biome-ignore lint/suspicious/noExplicitAny: vendors' globals, called as their pages call them.
type Anything = any;

it('everything the client can say, the server’s wire understands', async () => {
  const stage = new Stage();
  const client = stage.tab();
  void client.track('Seen', { price: 9.9, list: [1], nothing: undefined, deep: { a: null } });
  void client.page();
  void client.identify({ email: 'a@x' });
  void client.login({ user: 42 });
  void client.modify({ email: null });
  void client.setTraits({ plan: 'pro', gone: null });
  void client.addSegment('a');
  void client.setSegments([]);
  void client.say({ type: 'merge' } as never);
  const traits = people(client);
  void traits.setOnce({ first: true });
  void traits.increment('n');
  void traits.append('list', 'x');
  void traits.union('list', ['x']);
  void traits.remove('list', 'x');
  void traits.unset('first');
  void traits.tag('vip');
  void user(client).setUser({ identities: { user: 'ann' }, segments: ['a'], traits: { a: 1 } });
  (mixpanelOn(client) as Anything).people.track_charge(9.9);
  (analyticsOn(client) as Anything).group('g', { name: 'Initech' });
  void client.logout();
  void client.optIn();
  await stage.pass(5_000);
  void client.optOut();
  await stage.pass(0);
  const kinds = new Set(stage.received.map((item) => item.type));
  expect([...kinds].sort()).toEqual([
    'consent',
    'identify',
    'login',
    'logout',
    'merge',
    'modify',
    'page',
    'segments',
    'track',
    'traits',
  ]);
  const reading = native.read(post(JSON.stringify({ key: 'PUB', items: stage.received })), host);
  if (reading.type !== 'items') throw new Error('not read at all');
  const refused = reading.items.flatMap((item, at) =>
    item.type === 'refused' ? [[stage.received[at]?.type, item.reason]] : [],
  );
  // The one that no verb makes shows that this test can fail.
  expect(refused).toEqual([['merge', expect.stringMatching(/two objects/)]]);
});

import { Analytics } from '@segment/analytics-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_KEY, SERVER_KEY, type Selfsame, startSelfsame } from './src/selfsame.ts';

let selfsame: Selfsame;
beforeAll(async () => {
  selfsame = await startSelfsame({ preset: 'selfsame' });
});
afterAll(() => selfsame.dispose());

const client = (writeKey: string) =>
  new Analytics({ writeKey, host: selfsame.url, path: '/segment/v1/batch', maxRetries: 0 });
const events = async (kind: string, value: string) => {
  const person = await selfsame.person(kind, value);
  return person === undefined ? [] : (await selfsame.events(person.id)).map((event) => event.name).sort();
};

describe('@segment/analytics-node, unmodified', () => {
  it('every call arrives, and traits and history are the person’s', async () => {
    const analytics = client(PUBLIC_KEY);
    const problems: unknown[] = [];
    analytics.on('error', (error) => problems.push(error));
    analytics.track({ anonymousId: 'd1', event: 'Viewed', messageId: 'viewed-1' });
    analytics.page({ anonymousId: 'd1', name: 'Home' });
    analytics.identify({ userId: 'ann', anonymousId: 'd1', traits: { plan: 'pro' } });
    analytics.alias({ userId: 'ann', previousId: 'd0' });
    analytics.group({ userId: 'ann', groupId: 'acme', traits: { seats: 3 } });
    analytics.screen({ userId: 'ann', name: 'Start' });
    analytics.track({
      userId: 'ann',
      event: 'Paid',
      properties: { total: 10 },
      timestamp: new Date('2025-01-02T03:04:05Z'),
    });
    await analytics.closeAndFlush();
    expect(problems).toEqual([]);
    expect(await events('user', 'ann')).toEqual(['Paid', 'Viewed', 'page', 'screen']);
    const person = await selfsame.person('device', 'd1');
    expect(person).toMatchObject({ known: true, traits: { plan: 'pro' } });
    expect(await selfsame.person('device', 'd0')).toEqual(person);
    expect((await selfsame.events(person?.id ?? ''))[0]).toMatchObject({
      name: 'Paid',
      time: '2025-01-02T03:04:05.000Z',
      properties: { total: 10 },
    });
  });

  it('a message sent twice counts once', async () => {
    for (let i = 0; i < 2; i++) {
      const analytics = client(PUBLIC_KEY);
      analytics.track({ userId: 'dan', event: 'Paid', messageId: 'order-1' });
      await analytics.closeAndFlush();
    }
    expect(await events('user', 'dan')).toEqual(['Paid']);
    expect((await selfsame.stats()).wires['segment']).toMatchObject({ duplicate: 1 });
  });

  it('alias joins two users with the server key only', async () => {
    const told = async (key: string, previousId: string) => {
      const analytics = client(key);
      analytics.track({ userId: previousId, event: `As ${previousId}` });
      await analytics.flush();
      analytics.alias({ userId: 'eve', previousId });
      await analytics.closeAndFlush();
    };
    await told(PUBLIC_KEY, 'bob');
    expect(await selfsame.explain('user:eve', 'user:bob')).toMatchObject({ same: false });
    await told(SERVER_KEY, 'eve-old');
    expect(await selfsame.explain('user:eve', 'user:eve-old')).toMatchObject({ same: true });
  });

  it('an unknown write key is told so', async () => {
    const problems: { code?: string; reason?: unknown }[] = [];
    const analytics = client('no-such-key');
    analytics.on('error', (error) => problems.push(error));
    analytics.track({ userId: 'fay', event: 'Paid' });
    await analytics.closeAndFlush();
    expect(problems).toHaveLength(1);
    expect(String(problems[0]?.reason)).toContain('401');
    expect(await selfsame.person('user', 'fay')).toBeUndefined();
  });
});

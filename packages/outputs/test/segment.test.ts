import { expect, it } from 'vitest';
import { segment } from '../src/index.ts';
import { segment as inSegment, login, track, trait } from './items.ts';
import { type Answer, createWorld, type Post, run } from './world.ts';

const output = () => segment({ url: 'https://segment.test/', authorization: 'Basic a2V5Og==' });
const callsIn = (posts: readonly Post[]) =>
  posts.flatMap(({ body }) => (JSON.parse(body) as { readonly batch: readonly Record<string, unknown>[] }).batch);

it('Segment’s form: track and identify in the order of the log, and nothing that names nobody', async () => {
  const world = createWorld();
  const out = await run(world, output());
  await world.say(track('Seen', 'device:a'), track('Left'), track('Paid', 'email:a@example.com'));
  await world.say(login('user:1', 'device:a'), trait('user:1', 'plan', 'pro'));
  await world.say(inSegment('user:1', 'gold'));
  await world.say(inSegment('user:1', 'gold', 'remove'));
  await world.say({
    command: { type: 'Describe', ids: [{ kind: 'user', value: '1' }], changes: [{ op: 'unset', name: 'plan' }] },
  });
  await out.until();
  expect(out.posts[0]).toMatchObject({
    url: 'https://segment.test/v1/batch',
    headers: { authorization: 'Basic a2V5Og==' },
  });
  const ann = { userId: '1', anonymousId: 'a' };
  expect(callsIn(out.posts)).toEqual([
    {
      ...{ type: 'track', event: 'Seen', anonymousId: 'a', properties: { n: 1 }, messageId: 'm1.0' },
      timestamp: '2026-01-01T00:00:01.000Z',
    },
    ...[{ plan: 'pro' }, { gold: true }, { gold: false }, { plan: null }].map((traits) =>
      expect.objectContaining({ type: 'identify', ...ann, traits }),
    ),
  ]);
  expect(out.told.filter((one) => one.type === 'kept').map(({ step }) => step)).toEqual(['output', 'output']);
  await out.stop();
});

it('Segment’s form: of a batch that is refused or too large the message alone is dead, and the others keep their messageId', async () => {
  const world = createWorld();
  const taken: unknown[] = [];
  const answer: Answer = (post) => {
    const calls = callsIn([post]);
    if (calls.length > 6) return { status: 413, body: '' };
    if (calls.some(({ event }) => event === 'E3')) return { status: 400, body: 'E3 is wrong' };
    taken.push(...calls.map(({ messageId }) => messageId));
    return { status: 200, body: '' };
  };
  const out = await run(world, output(), answer);
  await world.say(...Array.from({ length: 20 }, (_, i) => track(`E${i}`, 'user:1')));
  await out.until();
  await out.stop();
  expect(taken).toEqual(Array.from({ length: 20 }, (_, i) => `m${i + 1}.0`).filter((id) => id !== 'm4.0'));
  const { letters } = world.books.dead('out', { position: 0, part: 0 }, 10);
  expect(letters).toMatchObject([{ position: 4, why: 'the receiver refused it: 400', status: 400 }]);
});

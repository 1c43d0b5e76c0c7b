import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { batch, other, running, shop, track } from './running.ts';

const kills = process.env['SELFSAME_LONG'] === '1' ? 100 : 3;
const seed = Number(process.env['SELFSAME_SEED'] ?? Date.now() % 2 ** 31);
const patience = { timeout: 60_000, interval: 50 };

const program = `import { startOutputsProcess } from ${JSON.stringify(join(import.meta.dirname, '../src/index.ts'))};
const [, config, data] = process.argv;
await startOutputsProcess({ config, data });`;

/** Numbers from 0 up to 1, the same for the same seed. */
function chance(from: number): () => number {
  let state = from | 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

it('G18: kill -9 of the process of outputs at any moment: intake answers on, nothing is lost, what goes twice is the same', async () => {
  const random = chance(seed);
  const bodies = new Map<string, Set<string>>();
  const got = new Set<string>();
  let [calls, inversions, next] = [0, 0, 0];
  const sequences = new Map<string, number>();
  /** Kills the sender in the middle of one of its next calls: before or after that is applied. */
  let fuse = Number.POSITIVE_INFINITY;
  let child: ChildProcess | undefined;
  const receiver = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    calls += 1;
    if (calls >= fuse) {
      fuse = Number.POSITIVE_INFINITY;
      child?.kill('SIGKILL');
      if (random() < 0.5) return;
    }
    const id = String(request.headers['webhook-id']);
    if (!bodies.has(id)) {
      const [person, sequence] = ['selfsame-person', 'selfsame-sequence'].map((one) => String(request.headers[one]));
      if (Number(sequence) !== (sequences.get(person as string) ?? 0) + 1) inversions += 1;
      sequences.set(person as string, Number(sequence));
    }
    bodies.set(id, (bodies.get(id) ?? new Set()).add(body));
    got.add(JSON.parse(body).event.insertId);
    response.end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as { port: number }).port}/`;
  const secret = `whsec_${Buffer.from('twenty-four bytes and more').toString('base64')}`;
  const server = await running({
    projects: [{ ...shop, outputs: [{ id: 'hook', type: 'webhook', url, secret }] }, other],
    outputs: { in: 'process' },
    allowPrivateOutputs: ['127.0.0.1'],
  });
  onTestFinished(async () => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    receiver.closeAllConnections();
    receiver.close();
  });
  const start = () => {
    child = spawn(
      process.execPath,
      ['--input-type=module-typescript', '-e', program, join(server.data, '../settings.json'), server.data],
      { stdio: 'ignore', env: { ...process.env, SELFSAME_LOG: 'silent' } },
    );
    return once(child, 'exit');
  };
  const say = async (n: number) => {
    const names = Array.from({ length: n }, () => `i-${next++}`);
    const answer = await batch(
      server.url,
      shop.serverKey,
      names.map((name, i) => track(`user-${i % 7}`, name)),
    );
    expect(answer.status).toBe(200);
  };

  for (let life = 0; life < kills; life++) {
    fuse = calls + 1 + Math.floor(random() * 100);
    const gone = start();
    // Intake goes on while the sender comes and is killed, and after it.
    for (let i = 0; i < 12; i++) await say(10);
    await gone;
    await say(10);
  }
  start();
  await vi.waitFor(() => expect(got.size).toBe(next), patience);
  const twice = [...bodies.values()].filter((all) => all.size > 1).length;
  console.log(
    `G18: ${kills} × kill -9 of the process of outputs: ${next} events acknowledged, all at the webhook by ${calls} calls, ${inversions} out of order, ${twice} not the same twice (seed ${seed})`,
  );
  expect(inversions).toBe(0);
  expect(twice).toBe(0);
  expect(bodies.size).toBe(next);
}, 600_000);

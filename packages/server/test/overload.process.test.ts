import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { limits } from '../src/limits.ts';
import { shop } from './running.ts';

const LONG = process.env['SELFSAME_LONG'] !== undefined;
/** How long three times the peak is sent, ms: an hour in the long run, or as many minutes as are asked for. */
const STORM = LONG ? Number(process.env['SELFSAME_SOAK_MINUTES'] ?? 60) * 60_000 : 2_500;
/** How often its memory is looked at, ms. */
const LOOK = LONG ? 15_000 : STORM / 20;
/** For so much of the storm it may still grow: caches fill, and what the allocators keep reaches what bursts take. */
const WARM_UP = STORM / 3;
const ITEMS = 100;
const selfsame = fileURLToPath(new URL('../../cli/bin/selfsame.js', import.meta.url));

/** A server in a process of its own, so that its memory and its turns are its own. */
async function serving(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'selfsame-overload-'));
  const config = join(directory, 'settings.json');
  writeFileSync(config, JSON.stringify({ projects: [shop] }));
  const args = [selfsame, 'serve', '--config', config, '--data', join(directory, 'data'), '--port', '0'];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const asked = performance.now();
    child.kill('SIGTERM');
    await ended;
    const took = performance.now() - asked;
    rmSync(directory, { recursive: true, force: true });
    if (!LONG) return;
    // Its log is large, and the columns are still being fed.
    console.log(`stopped after ${Math.round(took)} ms (G15)`);
    expect(took).toBeLessThan(30_000);
  });
  return new Promise((resolve) => {
    let said = '';
    child.stdout?.on('data', (part) => {
      const url = /answers at (http\S+)/.exec((said += part))?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly ms: number;
}

function sender(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
  onTestFinished(() => agent.destroy());
  // People who come again, so that what is measured does not grow with the log.
  const bodies = Array.from({ length: 50 }, (_, n) =>
    JSON.stringify({
      items: Array.from({ length: ITEMS }, (_, i) => ({
        type: 'track',
        name: 'Product Viewed',
        ids: { user: `u${n * ITEMS + i}` },
        properties: { product: 'espresso-cup', note: 'x'.repeat(150) },
      })),
    }),
  );
  let next = 0;
  /** When a connection had its last answer, ms. */
  const answered = new WeakMap<Socket, number>();
  return function send(): Promise<Answer | 'cut'> {
    const began = performance.now();
    const headers = { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' };
    return new Promise((resolve) => {
      const sent = request(`${url}/v1/batch`, { method: 'POST', agent, headers }, (answer) => {
        answer.resume();
        answer.on('end', () => {
          if (on !== undefined) answered.set(on, performance.now());
          resolve({
            status: answer.statusCode ?? 0,
            retryAfter: answer.headers['retry-after'],
            ms: performance.now() - began,
          });
        });
      });
      // Where this process is late itself, it comes on a connection that it was told to have given up.
      let isLate = false;
      let on: Socket | undefined;
      sent.on('socket', (socket) => {
        on = socket;
        isLate = performance.now() - (answered.get(socket) ?? performance.now()) > limits.idleTimeoutMs;
      });
      sent.on('error', () => resolve(isLate ? send() : 'cut'));
      sent.end(bodies[next++ % bodies.length]);
    });
  };
}

const p99 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0;

type Sample = readonly [at: number, mib: number];

/**
 * The share by which memory grows in an hour: the straight line through all samples (least squares), over their mean.
 * Two samples would tell where between two checkpoints they happened to be taken.
 */
function growthAnHour(samples: readonly Sample[]): number {
  const mean = (part: (sample: Sample) => number) => samples.reduce((sum, one) => sum + part(one), 0) / samples.length;
  const [at, mib] = [mean(([ms]) => ms), mean(([, held]) => held)];
  const slope = mean(([ms, held]) => (ms - at) * (held - mib)) / mean(([ms]) => (ms - at) ** 2);
  return (slope * 3_600_000) / mib;
}

async function residentMiB(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)?.[1]) / 2 ** 20;
}

/** What the server has spent, s: what it gets of a machine that others use as well says nothing about it. */
async function cpuSeconds(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total ([\d.]+)$/m.exec(text)?.[1]);
}

describe('three times what can be stored (G12)', () => {
  test('what is taken is kept, the rest is told to come again, and nobody is cut', {
    timeout: STORM + 120_000,
  }, async () => {
    const url = await serving();
    const send = sender(url);
    let acked = 0;
    const note = (answer: Answer | 'cut') => {
      if (answer !== 'cut' && answer.status === 200) acked += ITEMS;
      return answer;
    };
    /** A few senders that each wait for their answer. */
    async function peak(ms: number): Promise<number> {
      const end = performance.now() + ms;
      const before = acked;
      const one = async () => {
        while (performance.now() < end) note(await send());
      };
      await Promise.all(Array.from({ length: 16 }, one));
      return (acked - before) / (ms / 1_000);
    }
    await peak(500);
    const spentBefore = await cpuSeconds(url);
    const ackedBefore = acked;
    const rate = await peak(1_500);
    const spentAtPeak = await cpuSeconds(url);
    const costAtPeak = (spentAtPeak - spentBefore) / (acked - ackedBefore);

    const taken: number[] = [];
    const refused: number[] = [];
    let cut = 0;
    const began = performance.now();
    const under: Promise<void>[] = [];
    const memory: Sample[] = [];
    const before = acked;
    let sent = 0;
    let looked = began;
    let emptied = began;
    while (performance.now() - began < STORM) {
      const owed = ((performance.now() - began) / 1_000) * ((3 * rate) / ITEMS) - sent;
      for (let i = 0; i < owed; i++) {
        sent += 1;
        under.push(
          send().then((answer) => {
            note(answer);
            if (answer === 'cut') cut += 1;
            else if (answer.status === 200) taken.push(answer.ms);
            else {
              refused.push(answer.ms);
              if (answer.status !== 503 || !/^[1-9]\d*$/.test(answer.retryAfter ?? '')) cut += 1;
            }
          }),
        );
      }
      await pause(10);
      if (performance.now() - looked > LOOK) {
        looked = performance.now();
        memory.push([looked - began, await residentMiB(url)]);
      }
      // The promises of a long run are not kept.
      if (LONG && performance.now() - emptied > STORM / 20) {
        await Promise.all(under.splice(0));
        emptied = performance.now();
      }
    }
    const goodput = (acked - before) / ((performance.now() - began) / 1_000) / rate;
    await Promise.all(under);
    const cost = ((await cpuSeconds(url)) - spentAtPeak) / (acked - before);
    const after = note(await send());

    const stats = await fetch(`${url}/v1/stats`, { headers: { authorization: `Bearer ${shop.serverKey}` } });
    const { applied } = (await stats.json()) as { applied: number };
    console.log(
      `peak ${Math.round(rate)} items/s; ${sent} requests at three times that: ${taken.length} taken (p99 ${Math.round(p99(taken))} ms), ` +
        `${refused.length} told to come again (p99 ${Math.round(p99(refused))} ms), ${cut} cut, goodput ${goodput.toFixed(2)} of the peak, ${(costAtPeak / cost).toFixed(2)} of it for each second of its CPU, ` +
        `RSS up to ${Math.round(Math.max(...memory.map(([, mib]) => mib)))} MiB`,
    );
    expect([cut, applied - acked]).toEqual([0, 0]);
    expect(after).toMatchObject({ status: 200 });
    if (LONG) {
      const growth = growthAnHour(memory.filter(([at]) => at > WARM_UP));
      console.log(`RSS grows ${(100 * growth).toFixed(2)} % an hour after ${Math.round(WARM_UP / 60_000)} minutes`);
      console.log(memory.map(([, mib]) => Math.round(mib)).join(' '));
      // On a machine of its own; beside other work these are the other work's.
      expect(refused.length).toBeGreaterThan(0);
      expect(p99(taken)).toBeLessThan(5_000);
      expect(goodput).toBeGreaterThan(0.8);
      expect(costAtPeak / cost).toBeGreaterThan(0.8);
      expect(growth).toBeLessThan(0.01);
    }
  });
});

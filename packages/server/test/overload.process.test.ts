import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { limits } from '../src/limits.ts';
import type { Probe } from './probing.ts';
import { shop } from './running.ts';

const LONG = process.env['SELFSAME_LONG'] !== undefined;
/** How long three times the peak is sent, ms: an hour in the long run, or as many minutes as are asked for. */
const STORM = LONG ? Number(process.env['SELFSAME_SOAK_MINUTES'] ?? 60) * 60_000 : 2_500;
/** A long storm comes in gusts, each followed by as long a lull, ms: an hour without one fills a hundred gigabytes. */
const GUST = LONG ? 60_000 : STORM;
/** What it may write in a minute of a long storm, bytes. */
const WRITTEN = 1e9;
/** How often its memory is looked at, ms. */
const LOOK = LONG ? 15_000 : STORM / 20;
/** For so much of the storm it may still grow: caches fill, and what the allocators keep reaches what bursts take. */
const WARM_UP = STORM / 3;
/** How long the peak is measured before the storm and after it, ms. */
const PEAK = LONG ? 10_000 : 1_500;
const ITEMS = 100;
/** So many probes in a row answered as when it is quiet, and it is back to normal. */
const IN_A_ROW = 10;
/** At once, for whoever is told to come again while two processes want each processor, ms. */
const REFUSED_WITHIN = 1_000;
/** How long it may take until it is back to normal, ms. */
const BACK_WITHIN = 5_000;
const selfsame = fileURLToPath(new URL('../../cli/bin/selfsame.js', import.meta.url));

/** A server in a process of its own, so that its memory and its turns are its own. */
async function serving(): Promise<{ readonly url: string; readonly pid: number }> {
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
      if (url !== undefined) resolve({ url, pid: child.pid as number });
    });
  });
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** From when it was written to its socket, ms: before, it waited in this process for one of its own. */
  readonly ms: number;
}

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

function sender(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
  onTestFinished(() => agent.destroy());
  let next = 0;
  /** When a connection had its last answer, ms. */
  const answered = new WeakMap<Socket, number>();
  let written = 0;
  const send = function send(): Promise<Answer | 'cut'> {
    let began = 0;
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
        began = written = performance.now();
        if (socket.connecting) socket.once('connect', () => (began = written = performance.now()));
        isLate = performance.now() - (answered.get(socket) ?? performance.now()) > limits.idleTimeoutMs;
      });
      sent.on('error', () => resolve(isLate ? send() : 'cut'));
      sent.end(bodies[next++ % bodies.length]);
    });
  };
  return { send, lastWritten: () => performance.timeOrigin + written };
}

/** What single requests see meanwhile, ten a second from a process of their own. */
function probing(url: string) {
  const directory = mkdtempSync(join(tmpdir(), 'selfsame-probe-'));
  const body = join(directory, 'body.json');
  writeFileSync(body, bodies[0] as string);
  const child = fork(
    fileURLToPath(new URL('./probing.ts', import.meta.url)),
    [`${url}/v1/batch`, shop.serverKey, body],
    {
      execArgv: [],
    },
  );
  onTestFinished(() => {
    child.kill();
    rmSync(directory, { recursive: true, force: true });
  });
  const probes: Probe[] = [];
  child.on('message', (probe) => void probes.push(probe as Probe));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  /** Those written between two moments, ms since 1970, in that order. */
  const between = (from: number, to: number) =>
    probes.filter(({ at }) => at >= from && at < to).toSorted((a, b) => a.at - b.at);
  return {
    between,
    end: () => {
      child.send('end');
      return ended.then(() => probes);
    },
    /**
     * How long after a moment the first of so many probes in a row was written that were all taken within `within` ms;
     * infinity where there were none in time.
     */
    async backAfter(moment: number, within: number): Promise<number> {
      const last = Date.now() + BACK_WITHIN + 2_000;
      for (;;) {
        const since = between(moment, Number.POSITIVE_INFINITY);
        const isNormal = ({ status, ms }: Probe) => status === 200 && ms <= within;
        const first = since.findIndex((_, i) => {
          const row = since.slice(i, i + IN_A_ROW);
          return row.length === IN_A_ROW && row.every(isNormal);
        });
        if (first >= 0) return (since[first] as Probe).at - moment;
        if (Date.now() > last) return Number.POSITIVE_INFINITY;
        await pause(50);
      }
    },
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
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

/**
 * For how long its main thread had a processor or wanted none, ms: what others on the machine leave it of the clock. With
 * a machine of its own that is the clock's time; where the system does not tell, it is taken to be.
 */
function clockOf(pid: number): number {
  try {
    const [, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ').map(Number);
    return performance.now() - (waited ?? 0) / 1e6;
  } catch {
    return performance.now();
  }
}

/** @throws Error where a disk would be full before the end. */
function expectRoom(bytes: number): void {
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize >= bytes) return;
  const [has, needs] = [bavail * bsize, bytes].map((size) => Math.round(size / 1e9));
  throw new Error(
    `${tmpdir()} has ${has} GB free, and so long a storm may write ${needs}: set TMPDIR to a larger disk, or SELFSAME_SOAK_MINUTES to fewer`,
  );
}

/** Items that were taken, the time by the clock and as others left it, ms, and what the server spent on it, s. */
interface Span {
  readonly items: number;
  readonly clock: number;
  readonly own: number;
  readonly spent: number;
}

/** Items a second by the clock, and by the time that others left it; and what one costs, s. */
function paceOf(spans: readonly Span[]) {
  const sum = (part: keyof Span) => spans.reduce((all, one) => all + one[part], 0);
  const items = sum('items');
  return { byClock: (1_000 * items) / sum('clock'), byOwn: (1_000 * items) / sum('own'), cost: sum('spent') / items };
}

/** Does a storm blow so long after it began, and for how long has it in all, ms? */
function blownIn(ms: number): { readonly now: boolean; readonly ms: number } {
  const [whole, rest] = [Math.floor(ms / (2 * GUST)), ms % (2 * GUST)];
  return { now: rest < GUST, ms: whole * GUST + Math.min(rest, GUST) };
}

describe('three times what can be stored (G12)', () => {
  test('what is taken is kept, the rest is told to come again, and nobody is cut', {
    timeout: 1.2 * STORM + 120_000,
  }, async () => {
    if (LONG) expectRoom((STORM / 60_000) * WRITTEN);
    const { url, pid } = await serving();
    const { send, lastWritten } = sender(url);
    let acked = 0;
    const note = (answer: Answer | 'cut') => {
      if (answer !== 'cut' && answer.status === 200) acked += ITEMS;
      return answer;
    };
    /** Answers what there was since it was asked for. */
    const spanFrom = async () => {
      const spent = await cpuSeconds(url);
      const [began, own, before] = [performance.now(), clockOf(pid), acked];
      return async (): Promise<Span> => {
        const since = { items: acked - before, clock: performance.now() - began, own: clockOf(pid) - own };
        return { ...since, spent: (await cpuSeconds(url)) - spent };
      };
    };
    /** A few senders that each wait for their answer. */
    async function peak(ms: number) {
      const span = await spanFrom();
      const end = performance.now() + ms;
      const one = async () => {
        while (performance.now() < end) note(await send());
      };
      await Promise.all(Array.from({ length: 16 }, one));
      return paceOf([await span()]);
    }
    await peak(500);
    const single = probing(url);
    const quietFrom = Date.now();
    await pause(2_200);
    const quiet = single.between(quietFrom, Date.now()).map(({ ms }) => ms);

    const peakBefore = await peak(PEAK);
    const rate = peakBefore.byClock;

    const taken: number[] = [];
    const refused: number[] = [];
    let cut = 0;
    const began = performance.now();
    const stormFrom = Date.now();
    const under: Promise<void>[] = [];
    const memory: Sample[] = [];
    const gusts: Span[] = [];
    let gust: (() => Promise<Span>) | undefined;
    let sent = 0;
    let looked = began;
    let emptied = began;
    while (performance.now() - began < STORM) {
      const blown = blownIn(performance.now() - began);
      if (blown.now) gust ??= await spanFrom();
      else if (gust !== undefined) {
        gusts.push(await gust());
        gust = undefined;
      }
      const owed = (blown.ms / 1_000) * ((3 * rate) / ITEMS) - sent;
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
    if (gust !== undefined) gusts.push(await gust());
    const inStorm = paceOf(gusts);
    await Promise.all(under);
    const storm = single.between(stormFrom, lastWritten());
    const slowest = Math.max(...quiet);
    const back = await single.backAfter(lastWritten(), 2 * slowest);
    const after = note(await send());
    const peakAfter = await peak(PEAK);
    const probed = await single.end();
    acked += ITEMS * probed.filter(({ status }) => status === 200).length;
    cut += probed.filter(({ status }) => status !== 200 && status !== 503).length;

    // What was taken of the probes is beside the load in the peaks as well as in the storm.
    const goodput = (what: 'byClock' | 'byOwn') => (2 * inStorm[what]) / (peakBefore[what] + peakAfter[what]);
    const probesRefused = storm.filter(({ status }) => status === 503).map(({ ms }) => ms);
    const stats = await fetch(`${url}/v1/stats`, { headers: { authorization: `Bearer ${shop.serverKey}` } });
    const { applied } = (await stats.json()) as { applied: number };
    const rounded = Math.round;
    console.log(
      `peaks ${rounded(rate)} and ${rounded(peakAfter.byClock)} items/s; ${sent} requests at three times the first: ` +
        `${taken.length} taken (p99 ${rounded(p99(taken))} ms), ${refused.length} told to come again (p99 ${rounded(p99(refused))} ms), ${cut} cut\n` +
        `a light client beside it: ${quiet.length} quiet (slowest ${rounded(slowest)} ms), ${storm.length} in the storm, ${probesRefused.length} of them told to come again ` +
        `(median ${rounded(median(probesRefused))} ms, p99 ${rounded(p99(probesRefused))} ms), back to normal ${rounded(back)} ms after the last request\n` +
        `goodput ${goodput('byClock').toFixed(2)} of the peaks by the clock, ${goodput('byOwn').toFixed(2)} by what others left it of the clock, ${(peakBefore.cost / inStorm.cost).toFixed(2)} by its CPU; ` +
        `RSS up to ${rounded(Math.max(...memory.map(([, mib]) => mib)))} MiB`,
    );
    expect([cut, applied - acked]).toEqual([0, 0]);
    expect(after).toMatchObject({ status: 200 });
    expect(back).toBeLessThanOrEqual(BACK_WITHIN);
    if (LONG) {
      const growth = growthAnHour(memory.filter(([at]) => at > WARM_UP));
      console.log(`RSS grows ${(100 * growth).toFixed(2)} % an hour after ${Math.round(WARM_UP / 60_000)} minutes`);
      console.log(memory.map(([, mib]) => Math.round(mib)).join(' '));
      expect(refused.length).toBeGreaterThan(0);
      expect(p99(taken)).toBeLessThan(5_000);
      expect(p99(probesRefused)).toBeLessThan(REFUSED_WITHIN);
      // Of the time that others left it: by the clock alone these are the other work's.
      expect(goodput('byOwn')).toBeGreaterThan(0.8);
      expect(peakBefore.cost / inStorm.cost).toBeGreaterThan(0.8);
      expect(growth).toBeLessThan(0.01);
    }
  });
});

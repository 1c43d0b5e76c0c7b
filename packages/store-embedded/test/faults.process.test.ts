import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfLog, digestOfStore, logOf, testRules } from '@selfsame/store/traffic';
import { describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../src/index.ts';
import { adoptedRules } from './adopted-rules.ts';
import { type Life, run, runAdoption, strace } from './process.ts';
import { temporary } from './temporary.ts';

const long = process.env['SELFSAME_LONG'] === '1';
/** Chooses which of the many writes fail. */
const seed = Number(process.env['SELFSAME_SEED']);

/** The data files whose system calls are broken; a directory's own sync is one of them. */
const files = ['', ...['selfsame', 'graph'].flatMap((name) => [`/${name}.db`, `/${name}.db-wal`, `/${name}.db-shm`])];

const straceOn = (directory: string, call: string, inject: string, broken: readonly string[] = files) =>
  strace(
    // No signal comes with a call that the kernel picks out.
    ...[
      '-f',
      ...(inject.startsWith('signal') ? [] : ['--seccomp-bpf']),
      '-o',
      `${directory}.trace`,
      '-e',
      `trace=${call}`,
    ],
    ...(inject === '' ? [] : ['-e', `inject=${call}:${inject}`]),
    ...broken.flatMap((file) => ['-P', `${directory}${file}`]),
  );

const callsIn = (directory: string) =>
  readFileSync(`${directory}.trace`, 'utf8')
    .split('\n')
    .filter((line) => /\) += /.test(line)).length;

const faultsIn = (directory: string) => readFileSync(`${directory}.trace`, 'utf8').split('(INJECTED)').length - 1;

/** A data directory in which a life was lived well, so that a scenario opens, replays, commits and checkpoints. */
async function prepared(): Promise<{ readonly directory: string; readonly acked: readonly string[] }> {
  const directory = join(temporary(), 'prepared');
  const { acked } = await run({ directory, life: 0, count: 20, size: 5 }, (child, lines) => {
    if (lines === 5) child.kill('SIGKILL');
  });
  return { directory, acked };
}

/** Opens what a scenario left, and holds it to what was acknowledged. */
async function check(directory: string, acked: readonly string[], rules = testRules): Promise<void> {
  const store = await openEmbeddedStore({ directory, rules });
  const log = await logOf(store);
  const kept = log.map(({ entry }) => entry.insertId as string);
  expect(new Set(kept).size).toBe(kept.length);
  expect(acked.filter((id) => !kept.includes(id))).toEqual([]);
  expect(digestOfStore(store, log, rules)).toBe(digestOfLog(log, rules));
  await store.close();
}

describe('an I/O error at every place (G1, G2)', () => {
  const scenario = { life: 1, count: 6, size: 2 };

  const broken: readonly (readonly [call: string, error: string])[] = [
    ['fsync', 'EIO'],
    ['ftruncate', 'EIO'],
    ['pwrite64', 'EIO'],
    ['pwrite64', 'ENOSPC'],
    ['openat', 'EIO'],
  ];

  it.each(broken)(
    '%s fails once with %s: nothing acknowledged is lost, and the next requests are served',
    async (call, error) => {
      const base = await prepared();
      const work = temporary();
      const dry = join(work, 'dry');
      cpSync(base.directory, dry, { recursive: true });
      await run({ directory: dry, ...scenario }, undefined, straceOn(dry, call, ''));
      const sites = callsIn(dry);
      expect(sites).toBeGreaterThan(0);
      // A quarter of the many writes with one error and another quarter with the other, so that runs of four seeds sweep
      // every place with both; and three of the opens, at the start, in the middle and at the end.
      const steps: Readonly<Record<string, number>> = { pwrite64: 4, openat: Math.floor(sites / 3) };
      const step = long ? 1 : (steps[call] ?? 1);
      const first = call === 'pwrite64' ? (seed + (error === 'ENOSPC' ? 2 : 0)) % step : 0;
      const places: number[] = [];
      for (let site = 1 + first; site <= sites; site += step) places.push(site);
      let failed = 0;
      const sweep = async (site: number): Promise<void> => {
        const directory = join(work, `${call}-${site}`);
        cpSync(base.directory, directory, { recursive: true });
        const life = await run(
          { directory, ...scenario },
          undefined,
          straceOn(directory, call, `error=${error}:when=${site}`),
        );
        // Where the thread that commits cannot open the store, the two groups that come meanwhile are refused, too.
        expectService(life, site, faultsIn(directory) + (call === 'openat' ? 1 : 0));
        failed += life.errors.length;
        await check(directory, [...base.acked, ...life.acked]);
      };
      // Each place has a directory and a process of its own: two at a time.
      const swept = places.length;
      const lane = async () => {
        for (let site = places.shift(); site !== undefined; site = places.shift()) await sweep(site);
      };
      await Promise.all([lane(), lane()]);
      expect(failed).toBeGreaterThan(0);
      console.log(
        `${call} ${error}: ${swept} of ${sites} places swept, ${failed} requests refused, 0 acknowledged lost`,
      );
    },
    600_000,
  );

  /**
   * A start that fails says so. Otherwise a fault costs the group in which it fell, and no more than that: each thread
   * has one at its n-th call, and the end of a life may say once more that the graph is behind.
   */
  function expectService(life: Life, site: number, faults: number): void {
    if (!life.done) expect(life.errors, `place ${site}`).toHaveLength(1);
    else expect(life.errors.length, `place ${site}`).toBeLessThanOrEqual(faults + 1);
    for (const error of life.errors) expect(error).toMatch(/^store\/(unavailable|full)$/);
  }
});

describe('a rename that fails while one graph takes the place of another (G2)', () => {
  const graphs = ['graph', 'graph-next', 'graph-former'].map((name) => `/${name}.db`);

  it('at each place: nothing acknowledged is lost, the policy holds, and the next requests are served', async () => {
    const base = await prepared();
    const work = temporary();
    let failed = 0;
    let sites = 0;
    for (let site = 1; ; site += 1) {
      const directory = join(work, String(site));
      cpSync(base.directory, directory, { recursive: true });
      const life = await runAdoption(directory, 1, straceOn(directory, 'rename', `error=EIO:when=${site}`, graphs));
      expect(life.done, `place ${site}`).toBe(true);
      expect(life.acked.length, `place ${site}`).toBeGreaterThan(20);
      await check(directory, [...base.acked, ...life.acked], adoptedRules);
      // The last life is one whose every rename was well.
      if (faultsIn(directory) === 0) break;
      expect(life.errors, `place ${site}`).toHaveLength(1);
      failed += life.errors.length;
      sites += 1;
    }
    expect(sites).toBeGreaterThanOrEqual(2);
    console.log(
      `rename EIO: ${sites} of ${sites} places swept, ${failed} changes of policy refused, 0 acknowledged lost`,
    );
  }, 600_000);
});

describe('a kill while one graph takes the place of another (G2, G7)', () => {
  const graphs = ['graph', 'graph-next', 'graph-former'].flatMap((name) =>
    ['', '-wal', '-shm'].map((suffix) => `/${name}.db${suffix}`),
  );

  it('before each name that comes or goes: nothing acknowledged is lost, and under either policy the graph is whole', async () => {
    const base = await prepared();
    const work = temporary();
    const sweep = async (site: number): Promise<boolean> => {
      const directory = join(work, String(site));
      cpSync(base.directory, directory, { recursive: true });
      const kill = straceOn(directory, 'rename,unlink', `signal=SIGKILL:when=${site}`, graphs);
      const life = await runAdoption(directory, 1, kill);
      // Which policy is kept depends on the moment; a graph of another one is folded again.
      for (const [name, rules] of Object.entries({ testRules, adoptedRules })) {
        const copy = `${directory}-${name}`;
        cpSync(directory, copy, { recursive: true });
        await check(copy, [...base.acked, ...life.acked], rules);
      }
      return !life.done;
    };
    let sites = 0;
    for (let killed = 2; killed === 2; sites += killed)
      killed = (await Promise.all([sweep(sites + 1), sweep(sites + 2)])).filter((wasKilled) => wasKilled).length;
    expect(sites).toBeGreaterThanOrEqual(4);
    console.log(`kill at a change of graphs: ${sites} of ${sites} places swept, 0 acknowledged lost`);
  }, 600_000);
});

describe('a full disk (G28)', () => {
  /** A life in which each thread's 20th to 60th write to these files fails; the child goes on asking. */
  async function fullFor(broken: readonly string[]): Promise<Life> {
    const directory = join(temporary(), 'data');
    mkdirSync(directory);
    const first = await run({ directory, life: 0, count: 20, size: 5 });
    const through = straceOn(directory, 'pwrite64', 'error=ENOSPC:when=20..60', broken);
    const life = await run({ directory, life: 1, count: 120, size: 2 }, undefined, through);
    expect(life.done).toBe(true);
    expect(life.errors).toContain('store/full');
    await check(directory, [...first.acked, ...life.acked]);
    console.log(`full disk: ${life.errors.length} requests refused, 0 acknowledged lost`);
    return life;
  }

  it('refuses writes as full while it lasts, and serves again without a restart', async () => {
    // What a commit writes: one thread does it, so this disk is full once.
    const life = await fullFor(['/selfsame.db-wal']);
    // Beside much other work that thread is given up now and then, and the next finds the disk full anew.
    const last = Number(/(\d+)\.$/.exec(life.acked.at(-1) ?? '')?.[1]);
    expect(last, 'requests are served again').toBeGreaterThan(100);
  });

  it('serves what comes between checkpoints that find it full', async () => {
    // Each checkpoint has a thread of its own, so it finds the disk full anew, and the group that hears of it is refused.
    const life = await fullFor(files);
    expect(life.acked.length, 'requests are served').toBeGreaterThan(0);
  });
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { strace, wholeCalls } from '../../store-embedded/test/process.ts';

/** What a power failure would take: what was written to files, and names in directories, since each was synced. */
class Unsynced {
  readonly #written = new Set<string>();
  readonly #named = new Set<string>();
  /** What got its name before it was synced: a crash would leave the name with half of it. */
  readonly named: string[] = [];

  /** A system call as strace writes it, with the paths of descriptors beside them. */
  take(call: string): void {
    const [, name = '', rest = ''] = /^(\w+)\((.*)$/.exec(call) ?? [];
    if (/ = -1 /.test(rest)) return;
    const [file = '', other = ''] = [...rest.matchAll(/(?<=\d)<([^>]*)>/g)].map(([, path = '']) => path);
    const [from = '', to = ''] = [...rest.matchAll(/"([^"]*)"/g)].map(([, path = '']) => path);
    switch (name) {
      case 'write':
      case 'writev':
      case 'pwrite64':
      case 'ftruncate':
        this.#written.add(file);
        break;
      case 'copy_file_range':
        this.#written.add(other);
        break;
      case 'fsync':
      case 'fdatasync':
        this.#written.delete(file);
        for (const path of this.#named) if (dirname(path) === file) this.#named.delete(path);
        break;
      case 'openat':
        if (rest.includes('O_CREAT')) this.#named.add(from);
        break;
      case 'mkdir':
        this.#named.add(from);
        break;
      case 'rename':
        if ([...this.#written].some((one) => `${one}/`.startsWith(`${from}/`))) this.named.push(to);
        for (const lost of [this.#written, this.#named])
          for (const path of [...lost].filter((one) => `${one}/`.startsWith(`${from}/`))) {
            lost.delete(path);
            lost.add(to + path.slice(from.length));
          }
        this.#named.add(to);
        break;
      case 'unlink':
        this.#written.delete(from);
        this.#named.delete(from);
    }
  }

  /** Of what is in a directory, but for locks, what is made anew at each start, and a log that a reader opened. */
  in(directory: string): readonly string[] {
    const lost = [...this.#written, ...[...this.#named].map((path) => `the name of ${path}`)];
    return lost.filter((one) => one.includes(`${directory}/`) && !/(-shm|\.lock|^the name of .*-wal)$/.test(one));
  }
}

test('what is written whole is on stable storage, and so is its name, before anybody hears of it (G1)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'selfsame-synced-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const [trace, work] = [join(directory, 'trace'), join(directory, 'work')];
  mkdirSync(work);
  const calls = 'openat,mkdir,rename,unlink,write,writev,pwrite64,ftruncate,fsync,fdatasync,copy_file_range';
  const child = join(import.meta.dirname, 'synced-child.ts');
  const [command = '', ...through] = strace('-f', '-y', '-s', '200', '-e', `trace=${calls}`, '-o', trace);
  const { status, stderr } = spawnSync(command, [...through, process.execPath, child, work], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const unsynced = new Unsynced();
  const told: string[] = [];
  for (const call of wholeCalls(readFileSync(trace, 'utf8'))) {
    unsynced.take(call);
    const what = /^write\(1<.*"done (.*)\\n"/.exec(call)?.[1];
    if (what === undefined) continue;
    expect(unsynced.in(work), what).toEqual([]);
    told.push(what);
  }
  expect(told).toHaveLength(7);
  expect(unsynced.named).toEqual([]);
  console.log(`G1: ${told.join(', ')}: each on stable storage before it was told`);
});

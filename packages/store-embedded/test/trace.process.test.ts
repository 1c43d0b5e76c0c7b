import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, strace, wholeCalls } from './process.ts';
import { temporary } from './temporary.ts';

describe('a durable ack, by the system calls (G1)', () => {
  it('each id is written, that file is synced, and only then it is acknowledged', async () => {
    const directory = temporary();
    const trace = join(directory, 'trace');
    const calls = 'trace=pwrite64,write,fsync,fdatasync';
    // The threads that commit, and the one that writes answers.
    const through = strace('-f', '-y', '-s', '70000', '-e', calls, '-o', trace);
    const { acked, done } = await run({ directory, life: 0, count: 300, size: 3, lanes: 4 }, undefined, through);
    expect(done).toBe(true);
    const lines = wholeCalls(readFileSync(trace, 'utf8'));

    /** When each id was first written to which file; when each ack was sent. */
    const written = new Map<string, { readonly line: number; readonly file: string }>();
    const syncs: { readonly line: number; readonly file: string }[] = [];
    let checked = 0;
    lines.forEach((text, line) => {
      const [, call, file = ''] = /^(\w+)\(\d+<([^>]*)>/.exec(text) ?? [];
      if (call === 'pwrite64') {
        for (const [id] of text.matchAll(/L0-\d+\./g)) if (!written.has(id)) written.set(id, { line, file });
      } else if (call === 'fsync' || call === 'fdatasync') {
        expect(text).toMatch(/= 0$/);
        syncs.push({ line, file });
      } else if (call === 'write' && text.includes('"ack ')) {
        for (const [id] of text.matchAll(/L0-\d+\./g)) {
          const write = written.get(id);
          expect(write?.file, id).toMatch(/selfsame\.db-wal$/);
          const sync = syncs.find((one) => one.file === write?.file && one.line > (write?.line ?? 0));
          expect(sync?.line, `${id} is synced before its ack`).toBeLessThan(line);
          checked += 1;
        }
      }
    });
    expect(checked).toBe(acked.length);
    expect(checked).toBeGreaterThan(200);
    // The directory is synced too, once the files are made: else a power loss could take them.
    const made = lines.findIndex((text) => text.includes('selfsame.db-wal>'));
    expect(syncs.some((one) => one.file === directory && one.line > made)).toBe(true);
    console.log(`system calls: ${checked} acknowledged ids, each written, synced and answered in that order`);
  });
});

it('whoever waits for a commit does not wait for it to be brought home', () => {
  const directory = temporary();
  const trace = join(directory, 'trace');
  // Each sync takes long, so that the other thread speaks before the next has ended wherever it may.
  const slow = 'inject=fsync,fdatasync:delay_enter=200000';
  const child = join(import.meta.dirname, 'home-child.ts');
  const watched = ['-f', '-y', '-e', 'trace=write,fsync,fdatasync', '-e', slow, '-o', trace];
  const [command = '', ...rest] = [...strace(...watched), process.execPath, child, directory];
  expect(spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] }).status).toBe(0);
  const told = wholeCalls(readFileSync(trace, 'utf8')).flatMap((text) => {
    const [, word] = /^write\(1<.*"(kept|in the tables)\\n"/.exec(text) ?? [];
    const [, file] = /^f(?:data)?sync\(\d+<.*\/((?:selfsame|graph)\.db(?:-wal)?)>/.exec(text) ?? [];
    return word ?? file ?? [];
  });
  for (const [word, file] of [
    ['kept', 'selfsame.db'],
    ['in the tables', 'graph.db'],
  ] as const) {
    const ofIt = told.filter((one) => one === word || one.startsWith(file));
    const at = ofIt.indexOf(word);
    expect(ofIt[at - 1], `synced last before ${word}`).toBe(`${file}-wal`);
    expect(ofIt.slice(at), `synced after ${word}`).toContain(file);
  }
});

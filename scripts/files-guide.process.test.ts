import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '../e2e/src/until.ts';
import { guideText } from './guide-reader.ts';
import { root } from './run.ts';

/** `npx selfsame serve`, on a port that nobody else has. */
const program = `import { startServer } from ${JSON.stringify(join(root, 'packages/server/src/index.ts'))};
const { url } = await startServer({ config: 'shop.json', data: 'shop-data', port: 0, host: '127.0.0.1' });
console.log('URL ' + url);`;

const patience = 120_000;

it('docs/guides/files: leads to owners in a warehouse, step by step', { timeout: 4 * patience }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-files-guide-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  let url = '';
  const shell = (command: string) => run(command.replaceAll('http://127.0.0.1:4400', url), folder, url);
  const says = (command: string, isRight: (output: string) => boolean) =>
    until(
      async () => (await shell(command)).output,
      (output) => isRight(output),
      patience,
    );
  const blocks = [...guideText('files').matchAll(/((?:(?!```).)*)```(\w+)\n(.*?)^```$/gms)];
  const followed: string[] = [];
  for (const [, before = '', language, text = ''] of blocks) {
    const file = /[Ss]ave as `([\w.]+)`/.exec(before)?.[1];
    const command = text.trim();
    const output = () => says(command, () => true);
    // To the letter, but for the port and the ten seconds.
    if (file !== undefined)
      writeFileSync(join(folder, file), text.replace('"rotateSeconds": 10', '"rotateSeconds": 1'));
    else if (language !== 'sh') throw new Error(`a block that nobody follows: ${text}`);
    else if (command.startsWith('npx selfsame serve')) {
      expect(command).toBe('npx selfsame serve --config shop.json --data shop-data');
      url = await serve(folder);
    } else if (command.startsWith('npx selfsame outputs test'))
      expect(await output()).toContain('the receiver took it');
    else if (command.startsWith('curl')) expect((await shell(command)).code).toBe(0);
    else if (command.startsWith('ls')) {
      const listed = await says(command, (names) => names.split('\n').length > 2);
      expect(listed.trim().split('\n').at(-1)).toMatch(/^\d{16}-\d{16}\.parquet$/);
    } else if (command.includes('AS theirs')) {
      const rows = (await says(command, (all) => all.includes('Order Placed'))).trim().split('\n');
      expect(rows).toHaveLength(3);
      for (const row of rows) expect(row).toMatch(/ {2}true$/);
    } else if (command.includes('FROM moved')) {
      expect(await says(command, (rows) => rows.includes('phone-1'))).toMatch(
        /^device {2}phone-1 {2}\S+ {2}\S+ {2}\w+$/m,
      );
    } else {
      const rows = (await says(command, (all) => all.includes('Cart Filled'))).trim().split('\n');
      expect(rows.map((row) => row.split('  ')[0])).toEqual(['Product Viewed', 'Cart Filled']);
      expect(new Set(rows.map((row) => row.split('  ')[1])).size).toBe(1);
    }
    followed.push(file ?? command.split(' ', 3).join(' '));
  }
  expect(followed).toHaveLength(10);
});

/** The guide's server; answers its URL. */
async function serve(folder: string): Promise<string> {
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    cwd: folder,
    env: { ...process.env, SELFSAME_LOG: 'error' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  });
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream }))
    if (line.startsWith('URL ')) return line.slice(4);
  throw new Error('the server did not start');
}

/** A command as the reader types it; `npx selfsame` is the clone's. */
async function run(command: string, folder: string, url: string) {
  const child = spawn('bash', ['-c', command], {
    cwd: folder,
    env: { ...process.env, SELFSAME_URL: url, npm_config_yes: 'false' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [output, code] = await Promise.all([
    child.stdout.toArray().then((parts: readonly Buffer[]) => Buffer.concat(parts).toString()),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  return { code, output };
}

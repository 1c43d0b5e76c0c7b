import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** How a program was started, before it begins. */
const says = 'console.log(JSON.stringify({ arenas: process.env.MALLOC_ARENA_MAX, flags: process.execArgv }))';

it.runIf(process.platform === 'linux' && process.execve !== undefined)(
  'npm start runs the server with one place for freed memory and short pauses, as selfsame serve does',
  async () => {
    const { MALLOC_ARENA_MAX: _, ...env } = process.env;
    const start = join(import.meta.dirname, '../../../scripts/start.ts');
    // It ends when it reads what it does not know, which it does after it has begun anew.
    const shown = `data:text/javascript,${encodeURIComponent(says)}`;
    const child = spawn(process.execPath, ['--import', shown, start, '--unknown'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    child.stdout.on('data', (part: Buffer) => (said += part.toString()));
    await once(child, 'close');
    const last = said.trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toEqual({ arenas: '1', flags: expect.arrayContaining(['--max-semi-space-size=8']) });
  },
  60_000,
);

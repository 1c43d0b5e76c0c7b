import { setFlagsFromString } from 'node:v8';

/**
 * A young generation of 8 MB instead of up to 64: garbage is collected more often and each pause is a third as long,
 * which is what the slowest answers of a busy server wait for (docs/decisions/0011). And an old generation that is
 * collected before it has doubled: otherwise half of it is garbage under load; but not before the heap has 128 MB, which it
 * may have anyway: a small one was collected again and again (docs/decisions/0012). And everything begins in the young
 * generation: where what lives long was made in the old one from the start, so were versions of a node that live until the
 * next item, and each kept all that it lists alive (docs/decisions/0041).
 */
export const flags = [
  '--max-semi-space-size=8',
  '--heap-growing-percent=50',
  '--initial-heap-size=128',
  '--no-allocation-site-pretenuring',
];

/**
 * The same of a thread, and it is enough: those of the server write what they are sent, and nobody waits for their
 * collector. Said once the server runs, since V8 takes it as it is when a thread begins (docs/decisions/0012).
 */
const ofThreads = '--max-semi-space-size=1';

/**
 * The C library keeps freed memory by thread, up to eight times as many places as cores: what SQLite frees in one is not
 * there for the others, 30 MB under load. Says nothing where the library is another (docs/decisions/0012).
 */
const onePlace = { MALLOC_ARENA_MAX: '1' };

/** Becomes the same program under that setting, which V8 takes only at its start. Where the system cannot, goes on as it is. */
export function shortenPauses() {
  if (process.platform === 'win32' || process.execve === undefined) return;
  if (process.execArgv.some((one) => one.startsWith('--max-semi-space-size'))) {
    setFlagsFromString(ofThreads);
    return;
  }
  const args = [...process.execArgv, ...flags, '--disable-warning=ExperimentalWarning', ...process.argv.slice(1)];
  process.execve(process.execPath, [process.execPath, ...args], { ...onePlace, ...process.env });
}

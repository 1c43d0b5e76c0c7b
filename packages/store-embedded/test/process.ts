import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const programs = import.meta.dirname;

/** One life of the child process: what it acknowledged, and how often it was told of an error. */
export interface Life {
  readonly acked: readonly string[];
  /** What it took back or put back, by insert id. */
  readonly undone: readonly string[];
  readonly errors: readonly string[];
  /** It came to the end of its work. */
  readonly done: boolean;
}

export interface Told {
  readonly directory: string;
  readonly life: number;
  /** Statements of the life before from this one on are told again; none by default. */
  readonly from?: number;
  readonly count: number;
  /** Statements of a request. */
  readonly size?: number;
  /** Requests at once. */
  readonly lanes?: number;
  /** After which part of the requests something is taken back or put back; none by default. */
  readonly undos?: number;
}

const argumentsOf = ({
  directory,
  life,
  from = -1,
  count,
  size = 1,
  lanes = 1,
  undos = 0,
}: Told): readonly string[] => [
  join(programs, 'child.ts'),
  directory,
  ...[life, from, count, size, lanes, undos].map(String),
];

/** Runs the child and reads its lines; `during` may kill it. */
export const run = (
  told: Told,
  during?: (child: ChildProcess, lines: number, word: string | undefined) => void,
  through?: readonly string[],
): Promise<Life> => live(argumentsOf(told), during, through);

/** Runs the child in which one graph takes the place of another. */
export const runAdoption = (directory: string, life: number, through: readonly string[]): Promise<Life> =>
  live([join(programs, 'adopt-child.ts'), directory, String(life)], undefined, through);

async function live(
  program: readonly string[],
  during: (child: ChildProcess, lines: number, word: string | undefined) => void = () => {},
  through: readonly string[] = [],
): Promise<Life> {
  const [command = process.execPath, ...rest] = [...through, process.execPath, ...program];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  const life = { acked: [] as string[], undone: [] as string[], errors: [] as string[], done: false };
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, ...ids] = line.split(' ');
    if (word === 'ack') life.acked.push(...ids.filter((id) => id !== ''));
    else if (word === 'undone') life.undone.push(...ids);
    else if (word === 'error') life.errors.push(ids.join(' '));
    else if (word === 'done') life.done = true;
    during(child, ++lines, word);
  }
  return life;
}

/** strace with these arguments, to put before a command. @throws Error when it is not installed. */
export function strace(...given: readonly string[]): readonly string[] {
  if (spawnSync('strace', ['-V']).error !== undefined)
    throw new Error('these tests need strace to see and to break system calls: apt-get install -y strace');
  return ['strace', ...given];
}

/**
 * The calls in a trace, of all threads without the thread's number, in the order in which they ended, but answers in which they
 * began: of a call that another thread's calls interrupt strace writes the beginning on one line and the end on another.
 */
export function wholeCalls(trace: string): readonly string[] {
  const begun = new Map<string, string>();
  return trace.split('\n').flatMap((line) => {
    const [, thread = '', text = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const beginning = /^(.*) <unfinished \.\.\.>$/.exec(text)?.[1];
    if (beginning !== undefined) {
      begun.set(thread, beginning);
      return beginning.startsWith('write(') ? [beginning] : [];
    }
    const [, call, end] = /^<\.\.\. (\w+) resumed>(.*)$/.exec(text) ?? [];
    return call === undefined ? [text] : call === 'write' ? [] : [`${begun.get(thread)}${end}`];
  });
}

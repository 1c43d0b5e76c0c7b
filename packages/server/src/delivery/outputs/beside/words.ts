import type { Socket } from 'node:net';
import type { Position, ProjectId } from '@selfsame/identity';
import type { Outgoing } from '../../../live/feed.ts';
import type { Became } from '../became.ts';

/** Asked of one output, and nothing more to say. */
export type Plain = 'view' | 'pause' | 'resume' | 'test';

/** What the server asks of the process that runs its outputs. */
export type Ask =
  | { readonly type: Plain; readonly project: ProjectId; readonly output: string }
  | {
      readonly type: 'replay';
      readonly project: ProjectId;
      readonly output: string;
      readonly from: Position;
      readonly until: Position;
      readonly places?: readonly (readonly [place: string, sequence: number])[];
    }
  /** Outputs, connections or policies were changed: read them again. */
  | { readonly type: 'reload' };

/** What became of messages since the last report. */
export interface Report {
  readonly became: readonly (readonly [Became, messages: number])[];
  /** The last of them, each as the live stream shows it. */
  readonly shown: readonly (readonly [ProjectId, Outgoing])[];
}

export type ToProcess = { readonly n: number; readonly ask: Ask };
export type ToServer =
  | { readonly n: number; readonly answer: unknown }
  | { readonly n: number; readonly failed: true }
  | { readonly report: Report };

/** A longer line is none of ours. */
const LONGEST = 64 << 20;

/**
 * Speaks over a socket, a line of JSON a word. Answers how to say one; what comes is given to `onWord`. Whoever says what
 * cannot be understood is hung up on: it must not end this process.
 */
export function wordsOver<Said, Heard>(socket: Socket, onWord: (word: Heard) => void): (word: Said) => void {
  let rest = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST) socket.destroy();
    try {
      for (const line of lines) onWord(JSON.parse(line) as Heard);
    } catch {
      socket.destroy();
    }
  });
  return (word) => void socket.write(`${JSON.stringify(word)}\n`);
}

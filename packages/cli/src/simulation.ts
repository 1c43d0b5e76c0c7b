import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { SimulatedQuestion, SimulationView } from '@selfsame/server';
import type { Connection } from './connection.ts';
import { Failure } from './failure.ts';
import { startProgress } from './progress.ts';

/** Between two questions how far it is, ms. */
const PAUSE = 200;

/** Watches a simulation until it is done, with its progress; Ctrl-C cancels it on the server too. @throws Failure when it fails. */
export async function followSimulation(connection: Connection, id: string, quiet: boolean): Promise<SimulationView> {
  const path = `/v1/policy/simulations/${id}`;
  const cancel = () => void connection.send(path, { method: 'DELETE' }).finally(() => process.exit(130));
  process.once('SIGINT', cancel);
  const bar = quiet && !process.stderr.isTTY ? undefined : startProgress(100);
  try {
    for (;;) {
      const view = await connection.get<SimulationView>(path);
      if (view === undefined) throw new Failure('It was cancelled, or the server was started anew. Ask again.');
      bar?.show(Math.floor(view.progress * 100), Math.round(view.progress * view.position));
      if (view.state === 'failed') throw new Failure(`The simulation failed: ${view.reason ?? 'it did not say why'}.`);
      if (view.state === 'done') return view;
      await pause(PAUSE);
    }
  } finally {
    bar?.stop();
    process.off('SIGINT', cancel);
  }
}

/** The questions of a file, as the server takes them. @throws Failure when it holds none. */
export function readQuestions(file: string): readonly unknown[] {
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Failure(`${file} cannot be read as JSON: ${(cause as Error).message}`, 2, { cause });
  }
  if (Array.isArray(found) && found.length > 0) return found;
  throw new Failure(
    `${file} holds no list of questions. It looks like [{ "insight": "funnel", "question": { "steps": [{ "event": "Sign up" }] } }].`,
    2,
  );
}

/** Each question with its figures, today → then, and those that would stay. */
export function questionsInWords(questions: readonly SimulatedQuestion[]): string {
  return questions
    .flatMap(({ name, figures }) => {
      const changed = figures.filter(({ before, after }) => before !== after);
      if (changed.length === 0) return [`${name}: as today.`];
      return [
        `${name}, today → then:`,
        ...changed.map(
          ({ name: what, unit, before, after }) => `  ${what}: ${said(before, unit)} → ${said(after, unit)}`,
        ),
      ];
    })
    .join('\n');
}

const said = (n: number, unit: SimulatedQuestion['figures'][number]['unit']): string =>
  unit === 'share' ? `${(100 * n).toFixed(1)} %` : String(unit === 'people' ? n : Math.round(n * 100) / 100);

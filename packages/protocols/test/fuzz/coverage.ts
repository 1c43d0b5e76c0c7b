import { Session } from 'node:inspector';

/** What V8 has seen running of our sources, counted up to the last look. */
export interface Coverage {
  /** Is a character of a function run that never was before, since the last look? Remembers it. */
  isNew(): boolean;
  /** As `isNew`, and forgets at once: for looking once more at the inputs of a round, one at a time. */
  wouldBeNew(): boolean;
  /** Characters of functions that ran so far. */
  readonly reached: number;
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}
interface Script {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

const session = new Session();
session.connect();

/** The session's commands of this kind answer before `post` returns. */
function post(method: string, parameters: object = {}): readonly Script[] {
  let scripts: readonly Script[] = [];
  session.post(method, parameters, (error, answer) => {
    if (error !== null) throw error;
    scripts = (answer as { readonly result?: readonly Script[] } | undefined)?.result ?? [];
  });
  return scripts;
}

// When this file is imported, and for as long as the process runs: V8 counts the blocks of a function only if it was
// compiled while it counts, and what is stopped and begun again knows of whole functions alone.
post('Profiler.enable');
post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** Begins to look, by block, at the sources whose address holds `where`. Import this file before them. */
export function startCoverage(where: string): Coverage {
  post('Profiler.takePreciseCoverage');
  /** By source and place of a function: which of its characters ran. */
  const seen = new Map<string, Uint8Array>();
  let reached = 0;

  function look(keeps: boolean): boolean {
    let found = 0;
    for (const { url, functions } of post('Profiler.takePreciseCoverage')) {
      if (!url.includes(where)) continue;
      for (const { ranges } of functions) {
        const [whole] = ranges;
        if (whole === undefined || whole.count === 0) continue;
        const ran = new Uint8Array(whole.endOffset - whole.startOffset);
        // Outer ranges come first.
        for (const { startOffset, endOffset, count } of ranges)
          ran.fill(count > 0 ? 1 : 0, startOffset - whole.startOffset, endOffset - whole.startOffset);
        const name = `${url} ${whole.startOffset}`;
        const before = seen.get(name) ?? new Uint8Array(ran.length);
        const fresh = ran.reduce((sum, one, at) => sum + (one === 1 && before[at] === 0 ? 1 : 0), 0);
        found += fresh;
        if (!keeps || fresh === 0) continue;
        seen.set(
          name,
          before.map((one, at) => one | (ran[at] as number)),
        );
      }
    }
    if (keeps) reached += found;
    return found > 0;
  }

  return {
    isNew: () => look(true),
    wouldBeNew: () => look(false),
    get reached() {
      return reached;
    },
  };
}

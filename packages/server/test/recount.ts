/** Recounts a funnel from an exported log with nothing of the product's own: the second opinion of the tests. */

/** A line of `/v1/log`, as far as a recount reads it. */
export interface Line {
  readonly position: number;
  readonly time: number;
  readonly command: {
    readonly type: string;
    readonly name?: string;
    readonly hidden?: boolean;
    readonly ids?: readonly Id[];
  };
  readonly verdict: { readonly status: string };
}

interface Id {
  readonly kind: string;
  readonly value: string;
}

/** Strongest first: whose an event is. */
const strength = ['user', 'email', 'phone', 'visitor', 'device', 'session'];
const devices = new Set(['visitor', 'device', 'session']);

export const linesOf = (ndjson: string): readonly Line[] =>
  ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

export const isEvent = ({ command, verdict }: Line): boolean =>
  command.type === 'Track' && command.hidden !== true && verdict.status === 'applied';

const strongest = (ids: readonly Id[]): Id | undefined =>
  ids.toSorted((a, b) => strength.indexOf(a.kind) - strength.indexOf(b.kind))[0];

/** What an event hangs on. */
export const anchorOf = ({ command }: Line): Id | undefined => strongest(command.ids ?? []);

/** The device an event says it happened on, else what it hangs on. */
export const unitOf = (line: Line): string | undefined => {
  const ids = line.command.ids ?? [];
  const one = strongest(ids.filter(({ kind }) => devices.has(kind))) ?? anchorOf(line);
  return one && `${one.kind}:${one.value}`;
};

/** How many of those told apart by `who` reach each step in order, the last at most `window` ms after the first. */
export function recount(
  lines: readonly Line[],
  steps: readonly string[],
  window: number,
  who: (line: Line) => string | undefined,
): readonly number[] {
  const histories = new Map<string, Line[]>();
  for (const line of lines.filter(isEvent)) {
    const one = who(line);
    if (one === undefined) continue;
    histories.set(one, [...(histories.get(one) ?? []), line]);
  }
  const reached = steps.map(() => 0);
  for (const history of histories.values()) {
    const starts: (number | undefined)[] = steps.map(() => undefined);
    const got = steps.map(() => false);
    for (const { command, time } of history.sort((a, b) => a.time - b.time || a.position - b.position)) {
      for (let step = steps.length - 1; step >= 0; step--) {
        if (command.name !== steps[step]) continue;
        const start = step === 0 ? time : starts[step - 1];
        if (start === undefined || time - start > window) continue;
        starts[step] = start;
        got[step] = true;
      }
    }
    got.forEach((yes, step) => {
      if (yes) reached[step] = (reached[step] ?? 0) + 1;
    });
  }
  return reached;
}

/** One measured line of the table. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the same machine does with the parts and no product around them, in the same unit. */
  readonly floor?: number;
  /** Value to floor, as the goal speaks of it. */
  readonly ratio?: number;
  /** The goal, in words. */
  readonly goal?: string;
  /** Whether the goal is met; absent where there is none. */
  readonly met?: boolean;
}

const format = (value: number | undefined): string =>
  value === undefined
    ? ''
    : value >= 1000
      ? Math.round(value).toLocaleString('en')
      : value >= 10
        ? value.toFixed(1)
        : value.toFixed(2);

/** The figures as a table for a terminal or a page. */
export function table(figures: readonly Figure[]): string {
  const rows = [
    ['measure', 'value', 'unit', 'floor', 'ratio', 'goal', ''],
    ...figures.map((one) => [
      one.name,
      format(one.value),
      one.unit,
      format(one.floor),
      format(one.ratio),
      one.goal ?? '',
      one.met === undefined ? '' : one.met ? 'met' : 'missed',
    ]),
  ];
  const widths = (rows[0] as string[]).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as string).length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] as number))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function quantile(values: readonly number[], share: number): number {
  // Of numbers alone a sort takes a tenth of the time.
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

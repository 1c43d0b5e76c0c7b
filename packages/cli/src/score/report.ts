import type { Quality } from './measure.ts';

/** The columns of the table, with what each is called. */
const columns: readonly (readonly [keyof Quality, string, 'share' | 'count' | 'ratio'])[] = [
  ['precision', 'told precision', 'share'],
  ['recall', 'knowable recall', 'share'],
  ['f', 'F', 'share'],
  ['wrongAnonymous', 'wrong anonymous', 'share'],
  ['overMerged', 'over-merged', 'count'],
  ['largest', 'largest', 'count'],
  ['signUpShare', 'sign-ups ÷ truth', 'ratio'],
  ['wrongRevenue', 'wrong revenue', 'share'],
  ['recallOfAll', 'recall of all', 'share'],
];

/** A line a policy, as a table for a terminal or a page. */
export function qualityTable(rows: readonly (readonly [name: string, quality: Quality])[]): string {
  const cells = [
    ['policy', ...columns.map(([, title]) => title)],
    ...rows.map(([name, quality]) => [
      name,
      ...columns.map(([field, , unit]) => (unit === 'count' ? String(quality[field]) : quality[field].toFixed(3))),
    ]),
  ];
  const widths = (cells[0] as string[]).map((_, i) => Math.max(...cells.map((row) => (row[i] as string).length)));
  return cells
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number))),
    )
    .map((row) => row.join('  ').trimEnd())
    .join('\n');
}

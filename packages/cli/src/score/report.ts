import type { Quality } from '@selfsame/server/quality';

/** The columns of the table, with what each is called. */
const columns: readonly (readonly [keyof Quality, string, 'share' | 'count' | 'ratio'])[] = [
  ['precision', 'told precision', 'share'],
  ['strictPrecision', 'told, strict', 'share'],
  ['recall', 'knowable recall', 'share'],
  ['f', 'F', 'share'],
  ['strictF', 'F, strict', 'share'],
  ['wrongAnonymous', 'wrong anonymous', 'share'],
  ['overMerged', 'over-merged', 'count'],
  ['largest', 'largest', 'count'],
  ['split', 'split', 'count'],
  ['signUpShare', 'sign-ups ÷ truth', 'ratio'],
  ['wrongRevenue', 'wrong revenue', 'share'],
  ['recallOfAll', 'recall of all', 'share'],
];

/** A line a policy, as a table for a terminal or a page, with the columns that were measured. */
export function qualityTable(rows: readonly (readonly [name: string, quality: Partial<Quality>])[]): string {
  const shown = columns.filter(([field]) => rows.every(([, quality]) => quality[field] !== undefined));
  const cells = [
    ['policy', ...shown.map(([, title]) => title)],
    ...rows.map(([name, quality]) => [
      name,
      ...shown.map(([field, , unit]) => (quality[field] as number).toFixed(unit === 'count' ? 0 : 3)),
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

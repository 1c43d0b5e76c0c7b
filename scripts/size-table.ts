/** Writes the sizes of the browser client into its README: `npm run sizes`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sizes } from '../packages/sdk-browser/build/sizes.ts';
import { root } from './run.ts';

const file = join(root, 'packages/sdk-browser/README.md');
const rows = (await sizes()).map(({ entry, minified, gzip, budget }) => [
  entry
    .replace('src/index.ts', '`@selfsame/browser`, the core')
    .replace('src/tag.ts', '`/sdk.js`')
    .replace(/^src\/(.+)\.ts$/, '`@selfsame/browser/$1`'),
  `${minified}`,
  `${gzip}`,
  `${budget}`,
]);
const head = ['import', 'bytes', 'gzip', 'budget'];
const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => (row[at] as string).length)));
const line = (cells: readonly string[]) =>
  `| ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] as number) : cell.padStart(widths[at] as number))).join(' | ')} |`;
const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
const table = [line(head), rule, ...rows.map(line)].join('\n');
const text = readFileSync(file, 'utf8').replace(
  /<!-- sizes -->[\s\S]*<!-- \/sizes -->/,
  `<!-- sizes -->\n\n${table}\n\n<!-- /sizes -->`,
);
writeFileSync(file, text);
console.log(table);

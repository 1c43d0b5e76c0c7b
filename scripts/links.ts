import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './run.ts';
import { sourceFiles } from './source-files.ts';

/** A link or an image in Markdown; the group is where it leads. */
const link = /\]\(([^)\s]+)\)/g;

/** Links in our documents to files that are not there, as `document: link`. Addresses on the web are not looked up. */
export function brokenLinks(): readonly string[] {
  return sourceFiles('*.md', '**/*.md')
    .filter((document) => existsSync(join(root, document)))
    .flatMap((document) =>
      [...readFileSync(join(root, document), 'utf8').matchAll(link)]
        .map(([, to = '']) => to.replace(/#.*/, ''))
        .filter((to) => to !== '' && !/^[a-z]+:/.test(to) && !existsSync(join(root, dirname(document), to)))
        .map((to) => `${document}: ${to}`),
    );
}

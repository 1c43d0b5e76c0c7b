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

/** Notes we built from, which are not in the repository: a reader could not follow them. RFCs have sections too. */
const elsewhere = /\b(?:design|contract)\.md\b|\b[Ss]heet(?:'s)? §|^(?!.*RFC).*§\d/;

/** Lines of sources, tests and documents that send their reader to something that is not in the repository. */
export function lostReferences(): readonly string[] {
  return sourceFiles('packages/*.ts', 'packages/*.tsx', 'packages/*.md', 'e2e/*.ts', 'bench/*.ts', 'docs/*.md')
    .filter((file) => existsSync(join(root, file)))
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, at) => (elsewhere.test(line) ? [`${file}:${at + 1}: ${line.trim().slice(0, 100)}`] : [])),
    );
}

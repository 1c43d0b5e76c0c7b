import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { root } from './run.ts';
import { writeTypes } from './sdk-packages.ts';

/** What one of a package's entries exports: a declaration as published, and its doc comment. */
interface Exported {
  readonly code: string;
  readonly doc: string;
}

const folders = ['sdk-browser', 'sdk-node', 'sdk-react'] as const;

/** The pages under docs/reference as they should be, by file name; made of the declarations that npm gets. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>();
  for (const folder of folders) {
    const home = join(root, 'packages', folder);
    const types = mkdtempSync(join(tmpdir(), 'selfsame-reference-'));
    try {
      await writeTypes(home, types);
      pages.set(`${folder}.md`, pageOf(home, types));
    } finally {
      rmSync(types, { recursive: true, force: true });
    }
  }
  return pages;
}

function pageOf(home: string, types: string): string {
  const { name, exports } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, string>>;
  };
  const shown = new Set<string>();
  const sections = Object.entries(exports)
    .filter(([, file]) => file.startsWith('./src/'))
    .map(([path, file]) => {
      const entry = `${name}${path.slice(1)}`;
      const all = [...exportsOf(join(types, file.replace('./src/', '').replace(/\.ts$/, '.d.ts')))]
        .filter(([one, { code }]) => !shown.has(`${one} ${code}`))
        .sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [one, { code }] of all) shown.add(`${one} ${code}`);
      return [`## ${entry}`, ...all.map(([one, exported]) => partOf(one, exported))].join('\n\n');
    });
  return [
    '<!-- Made of the types by `npm run reference`; change the doc comments in the sources instead. -->',
    `# Reference of ${name}`,
    `Start with the package’s [README](../../packages/${home.split('/').at(-1)}/README.md). What an entry exports again from another one stands there.`,
    ...sections,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function partOf(name: string, { code, doc }: Exported): string {
  const { words, example } = docOf(doc);
  return [
    `### ${name}`,
    ...words,
    `\`\`\`ts\n${code}\n\`\`\``,
    ...(example === '' ? [] : [`\`\`\`ts\n${example}\n\`\`\``]),
  ].join('\n\n');
}

/** The text of a doc comment as paragraphs, its tags as sentences, and its example. */
function docOf(doc: string): { readonly words: readonly string[]; readonly example: string } {
  const text = doc.replace(/^\s*\* ?/gm, '').trim();
  const [before = '', example = ''] = text.split(/^@example\s*/m);
  const words = before
    .split(/\n\s*\n|\n(?=@)|\s(?=@(?:throws|returns)\b)/)
    .map((part) =>
      part
        .trim()
        .replaceAll('\n', ' ')
        .replace(/^@(\w+)\s*/, (_, tag: string) => `_${tag[0]?.toUpperCase()}${tag.slice(1)}_: `)
        .replaceAll(/\{@link (\w+)\}/g, '`$1`'),
    )
    .filter((part) => part !== '');
  return { words, example: example.trim() };
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly id?: { readonly name: string };
  readonly declaration?: Node | null;
  readonly declarations?: readonly { readonly id: { readonly name: string } }[];
  readonly source?: { readonly value: string } | null;
  readonly specifiers?: readonly {
    readonly local: { readonly name: string };
    readonly exported?: { readonly name: string };
    readonly imported?: { readonly name: string };
  }[];
}

/** What a declaration file exports, by name; what comes from another package is that one's. */
function exportsOf(file: string): ReadonlyMap<string, Exported> {
  const text = readFileSync(file, 'utf8');
  const { body } = parseAst(text, { lang: 'dts' }) as unknown as { readonly body: readonly Node[] };
  const other = (source: string) =>
    source.startsWith('.') ? exportsOf(join(dirname(file), source.replace(/\.js$/, '.d.ts'))) : undefined;
  const found = new Map<string, Exported>();
  const local = new Map<string, Exported>();
  const overloads = (map: Map<string, Exported>, name: string, one: Exported) => {
    const before = map.get(name);
    map.set(name, before === undefined ? one : { code: `${before.code}\n${one.code}`, doc: before.doc || one.doc });
  };
  for (const node of body) {
    const declared = node.type === 'ExportNamedDeclaration' ? node.declaration : node;
    const names = declared?.declarations?.map(({ id }) => id.name) ?? (declared?.id ? [declared.id.name] : []);
    const doc = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(text.slice(0, node.start))?.[1] ?? '';
    const code = text
      .slice(node.start, node.end)
      .replace(/^export /, '')
      .replace(/^declare /, '')
      .replaceAll('    ', '  ');
    for (const name of names) overloads(node.type === 'ExportNamedDeclaration' ? found : local, name, { code, doc });
    if (node.type === 'ImportDeclaration')
      for (const { local: here, imported } of node.specifiers ?? []) {
        const one = other(node.source?.value ?? '')?.get(imported?.name ?? here.name);
        if (one !== undefined) local.set(here.name, one);
      }
  }
  for (const node of body) {
    if (node.type === 'ExportAllDeclaration')
      for (const [name, one] of other(node.source?.value ?? '') ?? []) found.set(name, one);
    if (node.type !== 'ExportNamedDeclaration') continue;
    const from = node.source ? other(node.source.value) : local;
    for (const { local: here, exported } of node.specifiers ?? []) {
      const one = from?.get(here.name);
      if (one !== undefined) found.set(exported?.name ?? here.name, one);
    }
  }
  return found;
}

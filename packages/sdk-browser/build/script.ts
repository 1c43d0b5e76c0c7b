import { fileURLToPath } from 'node:url';

const made = new Map<string, Promise<string>>();

/** One of this package's entries as a classic script, small; made once. @throws Error when a source does not parse. */
export function browserScript(entry: 'tag'): Promise<string> {
  const known = made.get(entry);
  if (known) return known;
  const script = bundle(fileURLToPath(new URL(`../src/${entry}.ts`, import.meta.url)), 'iife');
  made.set(entry, script);
  return script;
}

/** A file with all it imports, as browsers get it. `format`: a script, or a module. */
export async function bundle(file: string, format: 'iife' | 'esm', external: readonly string[] = []): Promise<string> {
  // Loaded only when something is built.
  const { rolldown } = await import('rolldown');
  const build = await rolldown({ input: file, platform: 'browser', external: [...external] });
  const { output } = await build.generate({ format, minify: true });
  await build.close();
  // Hints for another bundler, which whoever minifies last drops.
  return output[0].code.replaceAll('/* @__PURE__ */ ', '');
}

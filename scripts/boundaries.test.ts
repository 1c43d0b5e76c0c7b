import { describe, expect, it } from 'vitest';
import { boundaryProblems, problemsOf } from './boundaries.ts';

describe('package boundaries', () => {
  it.each([
    ['the rules import nothing', 'packages/identity/src/a.ts', "import { readFileSync } from 'node:fs';"],
    ['nor a library', 'packages/protocols/src/xo/a.ts', "import * as v from 'valibot';"],
    ['not even later', 'packages/identity/src/a.ts', "const fs = await import('node:fs');"],
    ['a wire knows no store', 'packages/protocols/src/a.ts', "import { type Store } from '@selfsame/store';"],
    ['by path neither', 'packages/store/src/a.ts', "import { x } from '../../server/src/api.ts';"],
    ['nor in passing', 'packages/store/src/a.ts', "export { x } from '@selfsame/server';"],
    ['the console takes types', 'packages/console/src/a.tsx', "import { startServer } from '@selfsame/server';"],
    ['no file beside it', 'packages/console/src/a.ts', "import { xo } from '../../protocols/src/index.ts';"],
    ['over several lines', 'packages/store/src/a.ts', "import {\n  a,\n  b,\n} from '@selfsame/server';"],
    ['the rules have no clock', 'packages/identity/src/a.ts', 'const now = Date.now();'],
    ['and no dice', 'packages/protocols/src/a.ts', 'const x = Math.random();'],
    ['a wire does not look who is who', 'packages/protocols/src/segment/a.ts', 'host.graph(access.project)'],
    [
      'who decides writes nothing',
      'packages/identity/src/deciding/a.ts',
      "import type { Draft } from '../evidence/graph.ts';",
    ],
    ['nor does who looks up', 'packages/identity/src/directory/a.ts', "import { apply } from '../evidence/apply.ts';"],
    [
      'not a node',
      'packages/identity/src/directory/a.ts',
      'const f = (graph: MemoryGraph, node: Node) => graph.put(node);',
    ],
    ['a package is in the table', 'packages/misc/src/a.ts', ''],
  ])('%s', (_rule, file, text) => {
    expect(problemsOf(file, text)).toHaveLength(1);
  });

  it.each([
    ['a file of the same package', 'packages/identity/src/a.ts', "import { b } from './b.ts';"],
    [
      'what the table allows',
      'packages/store/src/a.ts',
      "import { step } from '@selfsame/identity';\nimport 'node:fs';",
    ],
    ['types for the console', 'packages/console/src/a.ts', "import type { PersonView } from '@selfsame/server';"],
    [
      'who decides to look',
      'packages/identity/src/deciding/a.ts',
      "import type { Graph } from '../evidence/graph.ts';\n// Not a Draft.",
    ],
    ['the evidence to write', 'packages/identity/src/evidence/a.ts', "import type { Draft } from './graph.ts';"],
    ['words in a comment', 'packages/identity/src/a.ts', '/** Not `Date.now()`. */\n// Math.random is worse'],
  ])('allows %s', (_what, file, text) => {
    expect(problemsOf(file, text)).toEqual([]);
  });

  it('hold for every source we have', () => {
    expect(boundaryProblems()).toEqual([]);
  });
});

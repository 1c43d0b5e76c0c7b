import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'rolldown/parseAst';
import { ran } from './coverage.ts';

/**
 * Marks every place of the protocols' sources at which one way or another is taken, so that each input can be told from
 * all before it by what it reaches: V8's own counts take ten milliseconds to read, as long as a hundred inputs.
 * Imported before them (`node --import`).
 */
const MARKED = /\/protocols\/(src\/.*|test\/fuzz\/planted)\.ts$/;

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [more: string]: unknown;
}

let places = 0;
Object.assign(globalThis, { ran });

/** The ways out of a node, and how each is marked. */
function waysOf(node: Node): readonly (readonly [way: Node, how: 'block' | 'statement' | 'expression'])[] {
  const of = (...names: readonly string[]) => names.flatMap((name) => (node[name] ?? []) as Node | Node[]);
  switch (node.type) {
    case 'BlockStatement':
      return [[node, 'block']];
    case 'IfStatement':
      return of('consequent', 'alternate').map((one) => [one, 'statement']);
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
      return of('body').map((one) => [one, 'statement']);
    case 'ConditionalExpression':
      return of('consequent', 'alternate').map((one) => [one, 'expression']);
    case 'LogicalExpression':
    case 'AssignmentPattern':
      return of('right').map((one) => [one, 'expression']);
    case 'ArrowFunctionExpression':
      return of('body').map((one) => [one, 'expression']);
    default:
      return [];
  }
}

function marked(source: string): string {
  const inserted: (readonly [at: number, text: string])[] = [];
  const how = new Map<Node, 'block' | 'statement' | 'expression'>();
  const here = () => `ran(${places++})`;

  function visit(node: Node): void {
    for (const [way, mark] of waysOf(node)) if (mark === 'block' || way.type !== 'BlockStatement') how.set(way, mark);
    const mark = how.get(node);
    if (mark === 'block') inserted.push([node.start + 1, `${here()};`]);
    if (mark === 'statement') inserted.push([node.start, `{${here()};`]);
    if (mark === 'expression') inserted.push([node.start, `(${here()},`]);
    if (node.type === 'SwitchCase') {
      const [first] = node['consequent'] as Node[];
      if (first !== undefined) inserted.push([first.start, `${here()};`]);
    }
    for (const child of Object.values(node).flat())
      if (child !== null && typeof child === 'object' && 'type' in child) visit(child as Node);
    // What goes on past a condition goes another way than what it stops.
    if (node.type === 'IfStatement' && node['alternate'] === null) inserted.push([node.end, ` else ${here()};`]);
    if (mark === 'statement') inserted.push([node.end, '}']);
    if (mark === 'expression') inserted.push([node.end, ')']);
  }

  visit(parseAst(source) as unknown as Node);
  let text = '';
  let from = 0;
  for (const [at, mark] of inserted.toSorted(([a], [b]) => a - b)) {
    text += source.slice(from, at) + mark;
    from = at;
  }
  return text + source.slice(from);
}

registerHooks({
  load(url, context, next) {
    if (!MARKED.test(url)) return next(url, context);
    const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'));
    return { format: 'module', source: marked(source), shortCircuit: true };
  },
});

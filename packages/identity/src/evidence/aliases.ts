import type { Entry } from '../words/command.ts';
import type { Aliased } from '../words/fact.ts';
import type { AliasWord, Node } from './graph.ts';
import { withOneMore } from './one-more.ts';

/** Both profiles of an alias, each with its word of it. */
export function aliased(
  source: Node,
  destination: Node,
  entry: Entry,
  { from, to, shownFrom }: Aliased,
): readonly [Node, Node] {
  const word = { from, to, shownFrom, position: entry.position, trust: entry.trust };
  const keep = (node: Node, part: AliasWord['part'], other: Node): Node => ({
    ...node,
    aliases: withOneMore(node.aliases, { ...word, part, other: other.key }),
  });
  return [keep(source, 'source', destination), keep(destination, 'destination', source)];
}

import { type Policy, presets, type Statement, type Trust } from '@selfsame/identity';
import { native } from '@selfsame/protocols';
import { wireHost, wireRequest } from '../verify/wire-host.ts';

/** Items of our own wire as it reads them, with the key of a page or of a backend. @throws Error at one it refuses: the caller made them. */
export function readNative(items: readonly { readonly item: object; readonly trust: Trust }[]): readonly Statement[] {
  const statements: Statement[] = [];
  for (let from = 0; from < items.length; ) {
    const trust = (items[from] as (typeof items)[number]).trust;
    let to = from + 1;
    while (to < items.length && to - from < 1000 && items[to]?.trust === trust) to += 1;
    statements.push(
      ...readTogether(
        items.slice(from, to).map(({ item }) => item),
        trust,
      ),
    );
    from = to;
  }
  return statements;
}

function readTogether(items: readonly object[], trust: Trust): readonly Statement[] {
  const request = wireRequest('/v1/batch', 'Bearer verify', JSON.stringify({ items }));
  const reading = native.read(request, wireHost(presets['selfsame'] as Policy, trust));
  if (reading.type === 'answer') throw new Error(`our own wire does not read what was made: ${reading.reply.body}`);
  return reading.items.map((item) => {
    if (item.type === 'refused') throw new Error(`our own wire does not read what was made: ${item.reason}`);
    return item.statement;
  });
}

import type { Outgoing, Route } from './outgoing.ts';

/** How the items of a route stand in a request: in an array of this name, as the array itself, or as the one item. */
const shapes: Readonly<Record<Route, 'items' | 'batch' | 'array' | 'one'>> = {
  batch: 'items',
  public: 'items',
  import: 'array',
  engage: 'array',
  groups: 'array',
  segment: 'batch',
  mparticle: 'one',
};

/** Does a request of this route hold one item alone? */
export const isAlone = (route: Route): boolean => shapes[route] === 'one';

/** The body of a request that holds these items, all of one route; JSON. */
export function bodyOf(items: readonly Outgoing[]): string {
  const shape = shapes[items[0]?.route ?? 'batch'];
  if (shape === 'one') return items[0]?.json ?? '';
  const array = `[${items.map((item) => item.json).join(',')}]`;
  return shape === 'array' ? array : `{"${shape}":${array}}`;
}

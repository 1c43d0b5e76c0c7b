import type { Protocol } from '@selfsame/protocols';

/** The wire that answers a URL, and the path as that wire sees it. */
export interface Match {
  readonly wire: Protocol;
  /** As sent, after the wire's prefix, without the query. */
  readonly path: string;
  /** The query with its `?`, or nothing. */
  readonly search: string;
}

export type FindWire = (url: string, host: string | undefined) => Match | undefined;

/**
 * Finds wires: by prefix on every host, at the root on hosts mapped to one, and `/v1/batch` for the native wire.
 * A mapped host belongs to its wire whole, since vendors' own paths (Segment's `/v1/batch`) look like ours.
 */
export function wireFinder(wires: ReadonlyMap<string, Protocol>, hosts: Readonly<Record<string, string>>): FindWire {
  const byHost = hostFinder(hosts);
  const native = wires.get('native');
  return (url, host) => {
    const question = url.indexOf('?');
    const path = question < 0 ? url : url.slice(0, question);
    const search = question < 0 ? '' : url.slice(question);
    const slash = path.indexOf('/', 1);
    const name = slash < 0 ? path.slice(1) : path.slice(1, slash);
    const prefixed = name === 'native' ? undefined : wires.get(name);
    if (prefixed !== undefined) return { wire: prefixed, path: slash < 0 ? '/' : path.slice(slash), search };
    const hosted = byHost === undefined ? undefined : wires.get(byHost(host ?? '') ?? '');
    if (hosted !== undefined) return { wire: hosted, path, search };
    if (native !== undefined && (path === '/v1/batch' || path === '/v1/batch/')) return { wire: native, path, search };
    return undefined;
  };
}

/** Looks a Host header up among names and patterns with one `*`; undefined when no host is mapped. */
function hostFinder(hosts: Readonly<Record<string, string>>): ((host: string) => string | undefined) | undefined {
  const names = new Map(Object.entries(hosts).filter(([name]) => !name.includes('*')));
  const patterns = Object.entries(hosts)
    .filter(([name]) => name.includes('*'))
    .map(([name, wire]) => {
      const [start, end] = name.split('*') as [string, string];
      return { start, end, wire };
    });
  if (names.size === 0 && patterns.length === 0) return undefined;
  return (header) => {
    const host = header.replace(/:\d*$/, '').toLowerCase();
    const found = patterns.find(
      ({ start, end }) => host.length >= start.length + end.length && host.startsWith(start) && host.endsWith(end),
    );
    return names.get(host) ?? found?.wire;
  };
}

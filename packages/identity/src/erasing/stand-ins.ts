import type { Policy } from '../policy/policy.ts';
import { namedBy, type Said } from '../undo/component.ts';
import { type IdentifierKey, identifierOf } from '../words/ids.ts';
import { standInFor } from '../words/stand-in.ts';

/** [F2] What stands for each of these identifiers: told by the first entry of the log that names it. `log` in its order. */
export function standInsFor(
  policy: Policy,
  keys: ReadonlySet<IdentifierKey>,
  log: Iterable<Said>,
): ReadonlyMap<IdentifierKey, string> {
  const found = new Map<IdentifierKey, string>();
  for (const said of log)
    for (const [place, key] of namedBy(policy, said).entries())
      if (keys.has(key) && !found.has(key)) found.set(key, standInFor(identifierOf(key), said.entry.position, place));
  return found;
}

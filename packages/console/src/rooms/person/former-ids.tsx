import type { FormerIdsAnswer, PersonView } from '../../api/shapes.ts';
import { count } from '../../parts/format.ts';
import { More, useRest } from './pages.tsx';

/** The ids of people who became this one. */
export function FormerIds({ person }: { person: PersonView }) {
  const rest = useRest<FormerIdsAnswer>(person.id, 'former-ids', person.formerIds.length);
  const ids = [...person.formerIds, ...rest.pages.flatMap((page) => page.formerIds)];
  if (ids.length === 0) return null;
  return (
    <details>
      <summary>
        {count(person.formerIdCount)} former {person.formerIdCount === 1 ? 'id' : 'ids'}
      </summary>
      <p className="muted">They still lead here.</p>
      <ul className="plain mono">
        {ids.map((former) => (
          <li key={former}>{former}</li>
        ))}
      </ul>
      <More of="former ids" shown={ids.length} total={person.formerIdCount} rest={rest} />
    </details>
  );
}

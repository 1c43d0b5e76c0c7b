import type { PersonView, SegmentsAnswer } from '../../api/shapes.ts';
import { More, useRest } from './pages.tsx';

/** The segments a person is in. */
export function Segments({ person }: { person: PersonView }) {
  const rest = useRest<SegmentsAnswer>(person.id, 'segments', person.segments.length);
  const segments = [...person.segments, ...rest.pages.flatMap((page) => page.segments)];
  if (segments.length === 0) return <p className="muted">In no segment.</p>;
  return (
    <>
      <ul className="chips">
        {segments.map((segment) => (
          <li key={segment} className="chip">
            {segment}
          </li>
        ))}
      </ul>
      <More of="segments" shown={segments.length} total={person.segmentCount} rest={rest} />
    </>
  );
}

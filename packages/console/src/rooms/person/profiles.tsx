import type { PersonView } from '../../api/shapes.ts';
import { Code, Id, Time } from '../../parts/text.tsx';

/** The directory's view of a person: MPID, identity record, aliases. Nothing when no directory knows them. */
export function Profiles({ person }: { person: PersonView }) {
  return person.profiles?.map(({ mpid, record, aliases }) => (
    <section className="card" key={mpid} aria-label="Directory profile">
      <h2>MPID</h2>
      <Code text={mpid} label="Copy the MPID" />
      <h3>Identity record</h3>
      {record.length === 0 ? (
        <p className="muted">Empty: no lookup finds this profile.</p>
      ) : (
        <ul className="plain">
          {record.map(({ kind, value, since }) => (
            <li key={`${kind}:${value}`}>
              <Id kind={kind} value={value} />{' '}
              {since !== null && (
                <span className="muted">
                  since <Time at={since} />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {aliases.length > 0 && <h3>Aliases</h3>}
      {aliases.map(({ part, mpid: other, shownFrom }) => (
        <p key={`${part} ${other} ${shownFrom}`}>
          {part === 'source' ? 'Its events show under ' : 'Shows events of '}
          <span className="mono">{other}</span>
          {shownFrom !== null && (
            <span className="muted">
              {' '}
              from <Time at={shownFrom} />
            </span>
          )}
        </p>
      ))}
    </section>
  ));
}

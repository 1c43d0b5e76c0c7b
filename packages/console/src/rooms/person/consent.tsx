import type { PersonView } from '../../api/shapes.ts';
import { Time } from '../../parts/text.tsx';

const consents = { 'not-asked': 'Not asked', granted: 'Granted', denied: 'Denied' } as const;

const said = {
  granted: ['granted', 'Granted'],
  refused: ['denied', 'Refused'],
  'opted-out': ['denied', 'Opted out'],
  'not-opted-out': ['granted', 'Not opted out'],
  unclear: ['not-asked', 'Unclear'],
} as const;

/** Whether they may be recorded, and what they said of each purpose. */
export function Consent({ person: { consent, consentByPurpose = [] } }: { person: PersonView }) {
  return (
    <>
      <p className={`consent consent-${consent}`}>{consents[consent]}</p>
      <h3>By purpose</h3>
      {consentByPurpose.length === 0 ? (
        <p className="muted">Nothing was said of any purpose.</p>
      ) : (
        <ul className="plain">
          {consentByPurpose.map(({ purpose, said: word, since, source }) => (
            <li key={purpose} className="purpose">
              <span className="mono">{purpose}</span>
              <span>
                <span className={`consent consent-${said[word][0]}`}>{said[word][1]}</span>
                {since !== null && (
                  <span className="muted">
                    {' '}
                    since <Time at={since} />
                  </span>
                )}
              </span>
              {source !== null && <span className="muted">{source}</span>}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

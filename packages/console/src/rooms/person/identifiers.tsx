import { useState } from 'react';
import type { PersonView } from '../../api/shapes.ts';
import { Id, Time } from '../../parts/text.tsx';
import { isDeviceLike, ruleInWords } from '../../parts/words.ts';
import { Why } from '../why.tsx';
import type { Devices } from './devices.ts';

type Identifier = PersonView['identifiers'][number];

/** Few enough to take in; the rest is behind a button. */
const shown = 12;

/** What this person is known by, from when to when, each with the reason why it is theirs. */
export function Identifiers({ person, devices }: { person: PersonView; devices: Devices }) {
  const [all, setAll] = useState(false);
  // Why is asked from the identifier the person is named after: the one that needed no claim.
  const root = person.identifiers.find(({ claim }) => claim === null) ?? person.identifiers[0];
  const ordered = person.identifiers.toSorted((a, b) => Number(isDeviceLike(a.kind)) - Number(isDeviceLike(b.kind)));
  return (
    <>
      <ul className="identifiers">
        {ordered.slice(0, all ? undefined : shown).map((identifier) => (
          <IdentifierRow
            key={`${identifier.kind}:${identifier.value}@${identifier.from}`}
            identifier={identifier}
            root={root}
            hue={devices.get(identifier.value)?.hue}
          />
        ))}
      </ul>
      {ordered.length > shown && !all && (
        <button type="button" className="button button-quiet" onClick={() => setAll(true)}>
          Show all {ordered.length}
        </button>
      )}
    </>
  );
}

function IdentifierRow({
  identifier,
  root,
  hue,
}: {
  identifier: Identifier;
  root: Identifier | undefined;
  hue: number | undefined;
}) {
  const [asked, setAsked] = useState(false);
  const { kind, value, from, to, claim, rule } = identifier;
  const askable = root !== undefined && (root.kind !== kind || root.value !== value);
  return (
    <li className="identifier">
      <div className="identifier-line">
        <span className={hue === undefined ? 'swatch swatch-none' : `swatch hue-${hue}`} aria-hidden />
        <Id kind={kind} value={value} />
        <span className="identifier-time muted">
          <Stretch from={from} to={to} />
        </span>
        {askable ? (
          <button
            type="button"
            className="button button-quiet"
            aria-expanded={asked}
            onClick={() => setAsked((now) => !now)}
          >
            Why theirs?
          </button>
        ) : (
          <span className="muted" title={rule && ruleInWords(rule)}>
            {claim === null ? 'named after it' : ''}
          </span>
        )}
      </div>
      {asked && root !== undefined && (
        <div className="identifier-why">
          <Why a={`${root.kind}:${root.value}`} b={`${kind}:${value}`} />
        </div>
      )}
    </li>
  );
}

function Stretch({ from, to }: { from: string | null; to: string | null }) {
  if (from === null && to === null) return <>always</>;
  if (from === null)
    return (
      <>
        until <Time at={to!} />
      </>
    );
  return (
    <>
      <Time at={from} />{' '}
      {to === null ? (
        '→ now'
      ) : (
        <>
          {' '}
          → <Time at={to} />
        </>
      )}
    </>
  );
}

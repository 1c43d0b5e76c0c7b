import { useState } from 'react';
import { Link } from 'wouter';
import type { IdentifiersAnswer, PersonView, SharedAnswer } from '../../api/shapes.ts';
import { Id, Time } from '../../parts/text.tsx';
import { isDeviceLike, ruleInWords } from '../../parts/words.ts';
import { Why } from '../why.tsx';
import type { Devices } from './devices.ts';
import { More, useRest } from './pages.tsx';

type Identifier = PersonView['identifiers'][number];

/** Few enough to take in; the rest is behind a button. */
const shown = 12;

/** Why is asked from the identifier the person is named after: the one that needed no claim. */
export const rootOf = ({ identifiers }: PersonView): Identifier | undefined =>
  identifiers.find(({ claim }) => claim === null) ?? identifiers[0];

/** What this person is known by, from when to when, each with the reason why it is theirs. */
export function Identifiers({
  person,
  devices,
  shared,
}: {
  person: PersonView;
  devices: Devices;
  shared: SharedAnswer['devices'];
}) {
  const [all, setAll] = useState(false);
  const root = rootOf(person);
  const rest = useRest<IdentifiersAnswer>(person.id, 'identifiers', person.identifiers.length);
  const listed = [...person.identifiers, ...rest.pages.flatMap((page) => page.identifiers)];
  const ordered = listed.toSorted((a, b) => Number(isDeviceLike(a.kind)) - Number(isDeviceLike(b.kind)));
  return (
    <>
      <ul className="identifiers">
        {ordered.slice(0, all ? undefined : shown).map((identifier) => (
          <IdentifierRow
            key={`${identifier.kind}:${identifier.value}@${identifier.from}`}
            identifier={identifier}
            root={root}
            hue={devices.get(identifier.value)?.hue}
            shared={ordered.findLast(same(identifier)) === identifier ? shared.find(same(identifier)) : undefined}
          />
        ))}
      </ul>
      {ordered.length > shown && !all && (
        <button type="button" className="button button-quiet" onClick={() => setAll(true)}>
          Show all {ordered.length}
        </button>
      )}
      {(all || ordered.length <= shown) && (
        <More of="identifiers" shown={ordered.length} total={person.identifierCount} rest={rest} />
      )}
    </>
  );
}

const same = (one: Pick<Identifier, 'kind' | 'value'>) => (other: Pick<Identifier, 'kind' | 'value'>) =>
  one.kind === other.kind && one.value === other.value;

function IdentifierRow({
  identifier,
  root,
  hue,
  shared,
}: {
  identifier: Identifier;
  root: Identifier | undefined;
  hue: number | undefined;
  shared: SharedAnswer['devices'][number] | undefined;
}) {
  const [asked, setAsked] = useState(false);
  const { kind, value, from, to, claim, rule } = identifier;
  const askable = root !== undefined && (root.kind !== kind || root.value !== value);
  return (
    <li className="identifier">
      <div className="identifier-line">
        <span className={hue === undefined ? 'swatch swatch-none' : `swatch hue-${hue}`} aria-hidden />
        {isDeviceLike(kind) ? (
          <Link href={`/device?of=${encodeURIComponent(`${kind}:${value}`)}`} title="Who used it when">
            <Id kind={kind} value={value} />
          </Link>
        ) : (
          <Id kind={kind} value={value} />
        )}
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
      {shared !== undefined && <Others {...shared} />}
      {asked && root !== undefined && (
        <div className="identifier-why">
          <Why a={`${root.kind}:${root.value}`} b={`${kind}:${value}`} />
        </div>
      )}
    </li>
  );
}

/** Others a row names; the rest is behind a button. */
const fewOthers = 2;

/** Who else had this device, and when. */
function Others({ others, otherCount }: SharedAnswer['devices'][number]) {
  const [all, setAll] = useState(false);
  const listed = all ? others : others.slice(0, fewOthers);
  return (
    <ul className="identifier-others muted">
      {listed.map(({ from, to, person }) => (
        <li key={`${person.id}@${from}`}>
          also used by <Link href={`/people/${encodeURIComponent(person.id)}`}>{person.name}</Link>,{' '}
          <Stretch from={from} to={to} />
        </li>
      ))}
      {!all && otherCount > fewOthers && (
        <li>
          <button type="button" className="button button-quiet" onClick={() => setAll(true)}>
            and {otherCount - fewOthers} more {otherCount - fewOthers === 1 ? 'stretch' : 'stretches'}
          </button>
        </li>
      )}
      {all && otherCount > others.length && <li>and {otherCount - others.length} earlier ones</li>}
    </ul>
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

import { ArrowLeftRight } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { useSearchParams } from 'wouter';
import { useProject } from '../api/project.ts';
import { AsOf, useEndOf } from '../parts/as-of.tsx';
import { Empty } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { useTitle } from '../shell/title.ts';
import { instantOf, wallOf } from '../time/zone.ts';
import { Why } from './why.tsx';
import '../styles/rooms/explain.css';

const subjects = { two: 'Two identifiers', one: 'One alone', event: 'An event' } as const;
type Subject = keyof typeof subjects;
const subjectNames = Object.keys(subjects) as readonly Subject[];

/** What is asked, as it stands in the address; empty: not there. `at` is ISO 8601, `asOf` a day. */
type Asked = Readonly<Record<'a' | 'b' | 'event' | 'at' | 'asOf', string>>;

/** Asks why two identifiers are one person, why one or an event is whose it is, or why not. The question stands in the address. */
export default function Explain() {
  useTitle('Explain');
  const [query, setQuery] = useSearchParams();
  const of = (name: string) => query.get(name) ?? '';
  const asked: Asked = { a: of('a'), b: of('b'), event: of('event'), at: of('at'), asOf: of('asOf') };
  const { a, b, event, at, asOf } = asked;
  const endOf = useEndOf(asOf);
  const ask = (next: Asked) => setQuery(Object.fromEntries(Object.entries(next).filter(([, text]) => text !== '')));
  const problem = problemOf(asked);
  const rest = { ...(at === '' ? {} : { at }), ...(endOf === undefined ? {} : { asOf: endOf }) };
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>Explain</h1>
          <p className="muted">Why are these one person, whose is this, or why not?</p>
        </div>
      </header>
      <Question key={`${a}\n${b}\n${event}\n${at}`} asked={asked} onAsk={ask} />
      {a === '' ? (
        <Empty title="Why, and why not">
          Write identifiers as <code>kind:value</code>, for example <code>email:ann@example.com</code> and{' '}
          <code>device:5f1c…</code>. The person page lists them, and leads here from each event.
        </Empty>
      ) : problem !== undefined ? (
        <p className="notice notice-warn" role="alert">
          {problem}
        </p>
      ) : (
        <section className="card">
          <AsOf value={asOf} onChange={(day) => ask({ ...asked, asOf: day })} />
          <Why a={a} {...(event !== '' ? { event } : b !== '' ? { b } : {})} {...rest} />
        </section>
      )}
    </div>
  );
}

/** Why an address asks nothing that has an answer; a sentence. */
function problemOf({ a, b, event, at, asOf }: Asked): string | undefined {
  const bad = [a, b].find((text) => text !== '' && text.indexOf(':') < 1);
  if (bad !== undefined) return 'An identifier is kind:value, such as user:42. Change it above.';
  if (event !== '' && b !== '') return 'An event goes with one identifier, not with two. Leave one out above.';
  if (event !== '' && at !== '') return 'An event has its own moment: leave out the other one.';
  if (at !== '' && Number.isNaN(Date.parse(at)))
    return 'The moment in the address is none, such as 2026-11-28T10:15:00Z.';
  return asOf === '' || !Number.isNaN(Date.parse(asOf))
    ? undefined
    : 'The day in the address is none, such as 2026-11-28.';
}

/** The form: what is asked about, and the fields that belong to it. */
function Question({ asked, onAsk }: { asked: Asked; onAsk: (next: Asked) => void }) {
  const { timeZone } = useProject();
  const { a, b, event, at, asOf } = asked;
  const [subject, setSubject] = useState<Subject>(event !== '' ? 'event' : b !== '' || a === '' ? 'two' : 'one');
  const submit = (submitted: FormEvent<HTMLFormElement>) => {
    submitted.preventDefault();
    const form = new FormData(submitted.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const wall = Date.parse(`${text('at')}Z`);
    const moment = Number.isNaN(wall) ? '' : new Date(instantOf(timeZone, wall)).toISOString();
    onAsk({ a: text('a'), b: text('b'), event: text('event'), at: moment, asOf });
  };
  return (
    <form className="card" onSubmit={submit}>
      <Tabs
        name="subject"
        label="What to explain"
        chosen={subject}
        options={subjectNames.map((one) => [one, subjects[one]] as const)}
        onChoose={setSubject}
      />
      <div className={`explain-form explain-${subject}`}>
        {subject === 'event' && (
          <Field name="event" label="The event’s insert id" value={event} example="order-17" required />
        )}
        <Identifier name="a" label={labels[subject]} value={a} example="user:42" />
        {subject === 'two' && (
          <>
            <button
              type="button"
              className="icon-button"
              aria-label="Swap the two"
              title="Swap"
              onClick={() => onAsk({ ...asked, a: b, b: a })}
            >
              <ArrowLeftRight size={16} />
            </button>
            <Identifier name="b" label="The other" value={b} example="device:5f1c…" />
          </>
        )}
        {subject !== 'event' && (
          <Field name="at" label={`At a moment (${timeZone})`} value={wallText(timeZone, at)} type="datetime-local" />
        )}
        <button type="submit" className="button button-main">
          Explain
        </button>
      </div>
    </form>
  );
}

const labels: Readonly<Record<Subject, string>> = {
  two: 'One identifier',
  one: 'The identifier',
  event: 'The person, by an identifier',
};

/** A moment as a field for times shows it, in the project's zone; empty where it is none. */
function wallText(zone: string, at: string): string {
  const instant = Date.parse(at);
  return Number.isNaN(instant) ? '' : new Date(wallOf(zone, instant)).toISOString().slice(0, 19);
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
}

const Identifier = ({ example, ...field }: FieldProps & { example: string }) => (
  <Field {...field} required pattern="[^:]+:.+" title={`kind:value, such as ${example}`} example={example} />
);

function Field({
  name,
  label,
  value,
  example,
  ...input
}: FieldProps & {
  readonly example?: string;
  readonly required?: boolean;
  readonly pattern?: string;
  readonly title?: string;
  readonly type?: string;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name={name}
        defaultValue={value}
        placeholder={example}
        spellCheck={false}
        autoComplete="off"
        {...(input.type === undefined ? {} : { step: 1 })}
        {...input}
      />
    </div>
  );
}

import type { SimulationView } from '../../api/shapes.ts';
import { count, people, share } from '../../parts/format.ts';
import { Table } from '../../parts/table.tsx';
import { IdOfText, Time } from '../../parts/text.tsx';
import { wireName } from '../../parts/wires.ts';
import { trustInWords } from '../../parts/words.ts';
import { QuestionsThen, QuestionsUnderEach } from './questions-then.tsx';
import type { Trial } from './simulation.ts';
import '../../styles/rooms/what-if.css';

type Result = NonNullable<SimulationView['result']>;
type Change = Result['changes'][number];

/** How a simulation stands: how far it is, what would be different, or why it did not end well. */
export function TrialView({ trial, of = 'another policy' }: { trial: Trial; of?: 'another policy' | 'a change' }) {
  const { view, failure, cancel } = trial;
  if (failure !== '')
    return (
      <p className="field-error" role="alert">
        {failure}
      </p>
    );
  if (view === undefined) return null;
  if (view.state === 'failed')
    return (
      <p className="field-error" role="alert">
        It failed: {view.reason}.
      </p>
    );
  if (view.state === 'running')
    return (
      <div className="working" role="status">
        <p>
          Reading {count(view.position)} entries of the log {reads[of]} ({share(view.progress)}). Nothing is changed.
        </p>
        <progress aria-label="How far it is" value={view.progress} max={1} />
        <button type="button" className="button" onClick={cancel}>
          Cancel
        </button>
      </div>
    );
  if (of === 'a change') return <QuestionsThen questions={view.result?.questions ?? []} />;
  return (
    <section className="what-if" aria-label="What would be different">
      {view.presets !== undefined && (
        <>
          <Lens results={view.presets} />
          <QuestionsUnderEach results={view.presets} />
        </>
      )}
      {view.result !== undefined && (
        <>
          <Difference result={view.result} />
          {view.result.questions !== undefined && <QuestionsThen questions={view.result.questions} />}
          {view.result.quality !== undefined && <Measured results={[view.result]} />}
        </>
      )}
    </section>
  );
}

const reads = { 'another policy': 'under the other policy', 'a change': 'without it and with it' } as const;

type Quality = NonNullable<Result['quality']>['after'];

/** How well today's policy and each other finds the humans behind events. */
function Measured({ results }: { results: readonly Result[] }) {
  const [today] = results.flatMap(({ quality }) => quality?.before ?? []);
  if (today === undefined) return null;
  const rows = [
    { preset: 'today', quality: today },
    ...results.flatMap(({ preset, quality }) => (quality === undefined ? [] : [{ preset, quality: quality.after }])),
  ];
  const column = (head: string, of: (quality: Quality) => number) => ({
    head,
    cell: (row: (typeof rows)[number]) => share(of(row.quality)),
    value: (row: (typeof rows)[number]) => of(row.quality),
    numeric: true,
  });
  return (
    <section aria-label="How well each finds the humans">
      <h2>How well each finds the humans</h2>
      <p className="muted">
        Of {count(today.events)} events whose human is known. Precision: of what is one person, how much is one human.
        What the sender’s own words put together is excused: what names one login, and what came under the id of a
        device with which nobody was ever named; strict excuses the first alone. Recall: how much of a human is one
        person, of what could be known. Wrong anonymous: events without a login that are given to somebody else’s
        account.
      </p>
      <Table
        caption="How well each finds the humans"
        fileName="quality"
        rows={rows}
        keyOf={({ preset }, i) => `${preset}/${i}`}
        columns={[
          { head: 'Policy', cell: ({ preset }) => preset },
          column('Told precision', ({ precision }) => precision),
          column('Told, strict', ({ strictPrecision }) => strictPrecision),
          column('Recall of the knowable', ({ recall }) => recall),
          column('F', ({ f }) => f),
          column('Wrong anonymous', ({ wrongAnonymous }) => wrongAnonymous),
        ]}
      />
    </section>
  );
}

/** Every preset in a row. */
function Lens({ results }: { results: readonly Result[] }) {
  return (
    <>
      <Table
        caption="The same log under every preset"
        fileName="presets"
        rows={results}
        keyOf={(row) => row.preset}
        columns={[
          { head: 'Preset', cell: (row) => row.preset },
          { head: 'People', cell: (row) => count(row.people.after), value: (row) => row.people.after, numeric: true },
          { head: 'Known', cell: (row) => count(row.known.after), value: (row) => row.known.after, numeric: true },
          { head: 'Joined', cell: (row) => count(row.joined), value: (row) => row.joined, numeric: true },
          { head: 'Split', cell: (row) => count(row.split), value: (row) => row.split, numeric: true },
          {
            head: 'Moved events',
            cell: (row) => count(row.events.moved),
            value: (row) => row.events.moved,
            numeric: true,
          },
        ]}
      />
      <Measured results={results} />
    </>
  );
}

function Difference({ result }: { result: Result }) {
  const { joined, split, events, changed, changes } = result;
  if (changed === 0)
    return <p className="notice notice-good">Nothing would change: {people(result.people.before)}, as today.</p>;
  return (
    <>
      <h2>What would be different</h2>
      <p>
        {people(result.people.before)} would be {count(result.people.after)}. {count(joined)} would be several of
        today’s in one, {count(split)} of today’s would be several, and {count(events.moved)} events and traits would be
        somebody else’s.
      </p>
      <h3>
        {changes.length < changed ? `The largest ${count(changes.length)} of ${count(changed)} changes` : 'The changes'}
      </h3>
      <ol className="plain what-if-changes">
        {changes.map((change) => (
          <li key={change.because.identifier + change.identifiers.join()}>
            <One change={change} />
          </li>
        ))}
      </ol>
    </>
  );
}

const what = { joined: 'Joined', split: 'Split', moved: 'Moved', mixed: 'Joined and split' } as const;

function One({ change }: { change: Change }) {
  const { because } = change;
  return (
    <div className="card">
      <p>
        <span className="tag">{what[change.what]}</span> {count(change.events)} events and traits would be somebody
        else’s.
      </p>
      <div className="what-if-sides">
        <Side name="Today" groups={change.before} all={change.beforeCount} />
        <Side name="Then" groups={change.after} all={change.afterCount} />
      </div>
      <p>
        <IdOfText text={because.identifier} />: {because.reason} <span className="rule">[{because.rule}]</span>
        <span className="muted">
          {because.time !== undefined && (
            <>
              {' '}
              <Time at={because.time} />
            </>
          )}
          {because.source !== undefined && ` by ${wireName(because.source)}`}
          {because.trust !== undefined && `, said by ${trustInWords(because.trust)}`}. Today: {because.was.reason} [
          {because.was.rule}].
        </span>
      </p>
    </div>
  );
}

function Side({ name, groups, all }: { name: string; groups: Change['before']; all: number }) {
  return (
    <div>
      <h4>{name}</h4>
      <ul className="plain">
        {groups.map(({ id, identifiers, identifierCount }) => (
          <li key={id}>
            {identifiers.map((text) => (
              <IdOfText key={text} text={text} />
            ))}
            {identifierCount > identifiers.length && (
              <span className="muted"> and {count(identifierCount - identifiers.length)} more</span>
            )}
          </li>
        ))}
        {all > groups.length && <li className="muted">and {people(all - groups.length)} more</li>}
      </ul>
    </div>
  );
}

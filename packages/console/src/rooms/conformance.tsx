import { useState } from 'react';
import { useAnswer } from '../api/answers.ts';
import type { ConformanceAnswer } from '../api/shapes.ts';
import { count } from '../parts/format.ts';
import { Await, Empty } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { wireName } from '../parts/wires.ts';
import { Choice } from '../questions/controls.tsx';
import { useTitle } from '../shell/title.ts';

/** What the vendors' own clients did against this server, as `npm run conformance` last found. */
export default function Conformance() {
  useTitle('Conformance');
  const answer = useAnswer<ConformanceAnswer>('/v1/conformance');
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>Conformance</h1>
          <p className="muted">
            The vendors’ own clients, unmodified, against this server; some rows are our scripts in their place, or
            plain HTTP.
          </p>
        </div>
      </header>
      {answer.error?.status === 404 ? (
        <Empty title="No results here">
          They come with the repository; <code>npm run conformance</code> makes them anew.
        </Empty>
      ) : (
        <Await answer={answer} lines={8}>
          {(run) => <Run run={run} />}
        </Await>
      )}
    </div>
  );
}

const every = '';

function Run({ run: { at, node, browser, results } }: { run: ConformanceAnswer }) {
  const [chosen, choose] = useState(every);
  const wires = [...new Set(results.map(({ wire }) => wire))];
  const of = (wire: string) => results.filter((one) => wire === every || one.wire === wire);
  const passed = (wire: string) => of(wire).filter(({ result }) => result === 'passed').length;
  return (
    <>
      <section className="card">
        <p>
          {count(passed(every))} of {count(results.length)} behaviours pass. Run on {at} with Node {node} and {browser}.
        </p>
        <Table
          caption="By wire"
          fileName="conformance-by-wire"
          rows={wires}
          keyOf={(wire) => wire}
          columns={[
            { head: 'Wire', cell: name },
            { head: 'Behaviours', numeric: true, cell: (wire) => count(of(wire).length) },
            { head: 'Passed', numeric: true, cell: (wire) => count(passed(wire)) },
          ]}
        />
      </section>
      <section className="card">
        <Choice
          label="Wire"
          value={chosen}
          options={[[every, 'Every wire'], ...wires.map((wire) => [wire, name(wire)] as const)]}
          onChange={choose}
        />
        <Table
          caption="Every behaviour"
          fileName="conformance"
          rows={of(chosen)}
          keyOf={(_, index) => String(index)}
          columns={[
            { head: 'Behaviour', cell: ({ behaviour }) => behaviour },
            { head: 'Client', cell: ({ client }) => client },
            { head: 'Wire', cell: ({ wire }) => name(wire) },
            { head: 'Result', cell: ({ result }) => <Outcome result={result} />, value: ({ result }) => result },
          ]}
        />
      </section>
    </>
  );
}

/** In the colours of items: passed as applied, failed as rejected. */
function Outcome({ result }: { result: ConformanceAnswer['results'][number]['result'] }) {
  const colour = { passed: 'applied', failed: 'rejected', skipped: 'suppressed' } as const;
  return <span className={`status status-${colour[result]}`}>{result}</span>;
}

const name = (wire: string): string => (wire === 'all' ? 'All together' : wireName(wire));

import { useState } from 'react';
import { Link } from 'wouter';
import { useAnswer } from '../../api/answers.ts';
import { CallError, send } from '../../api/call.ts';
import { usePath } from '../../api/project.ts';
import type { ConnectionsAnswer, OutputsAnswer, OutputTestAnswer, OutputView } from '../../api/shapes.ts';
import { count } from '../../parts/format.ts';
import { Await, Empty } from '../../parts/states.tsx';
import { useTitle } from '../../shell/title.ts';
import { ConnectionForm } from './connection.tsx';
import { DeadLetters } from './dead.tsx';
import { healthOf } from './health.ts';
import { Kept } from './kept.tsx';
import { ConnectionMap } from './map.tsx';
import { NewOutput } from './new.tsx';
import { StitchedThere } from './stitched-there.tsx';

/** What goes out: the map, every output with how it is doing and what it gave up, and ways to make more of both. */
export default function Outputs() {
  useTitle('Outputs');
  const answer = useAnswer<OutputsAnswer>('/v1/outputs', {}, { refreshInterval: 2_000 });
  const map = useAnswer<ConnectionsAnswer>('/v1/connections', {}, { refreshInterval: 2_000 });
  const [edited, edit] = useState<string>();
  const again = () => {
    void answer.mutate();
    void map.mutate();
  };
  const done = () => {
    edit(undefined);
    again();
  };
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>Outputs</h1>
          <p className="muted">
            Systems that are told what happens, who changed, and whose a stretch of history was.{' '}
            <Link href="/live?direction=out">Watch messages go out</Link>
          </p>
        </div>
      </header>
      <Await answer={answer} lines={6}>
        {({ outputs }) =>
          outputs.length === 0 ? (
            <Empty title="Nothing goes out yet">Make an output below; it is told what comes from then on.</Empty>
          ) : (
            <>
              {map.data !== undefined && <ConnectionMap answer={map.data} outputs={outputs} edit={edit} />}
              {edited === undefined ? (
                <p className="button-row map-more">
                  <button type="button" className="button" onClick={() => edit('')}>
                    Connect …
                  </button>
                </p>
              ) : (
                <ConnectionForm
                  key={edited}
                  connection={map.data?.connections.find(({ id }) => id === edited)}
                  outputs={outputs}
                  done={done}
                />
              )}
              {outputs.map((one) => (
                <One key={one.id} output={one} again={again} />
              ))}
            </>
          )
        }
      </Await>
      <NewOutput made={again} outputs={answer.data?.outputs ?? []} />
    </div>
  );
}

function One({ output, again }: { output: OutputView; again: () => void }) {
  const of = usePath();
  const [said, say] = useState('');
  const { text, status } = healthOf(output);
  const path = (what: string) => of(`/v1/outputs/${encodeURIComponent(output.id)}/${what}`);
  const act = async (doing: () => Promise<string>) => {
    say('…');
    try {
      say(await doing());
    } catch (error) {
      say(error instanceof CallError ? error.message : 'It was not done.');
    }
    again();
  };
  const change = (what: string, done: string) =>
    void act(async () => {
      await send('POST', path(what), {});
      return done;
    });
  const test = () =>
    void act(async () => {
      const { ok, reason } = await send<OutputTestAnswer>('POST', path('test'), {});
      return ok ? 'The receiver took the test item.' : `The test item was not taken: ${reason}.`;
    });
  return (
    <section className="card output" aria-label={output.id}>
      <h2>
        {output.id} <span className={`status status-${status}`}>{output.state}</span>
      </h2>
      <p className="muted">
        {output.type} to <code>{output.url}</code>
        {output.perSecond !== undefined && ` · at most ${count(output.perSecond)} a second`}
      </p>
      <p>{text}</p>
      <p className="muted">
        {count(output.sent)} sent · {count(output.held)} waiting · {count(output.dead)} dead ·{' '}
        {count(output.lag.positions)} {output.lag.positions === 1 ? 'position' : 'positions'} behind
        {output.replaying > 0 && ' · sending again'}
      </p>
      <div className="button-row">
        <button type="button" className="button" onClick={test}>
          Test
        </button>
        {output.state === 'running' ? (
          <button type="button" className="button" onClick={() => change('pause', 'Paused.')}>
            Pause
          </button>
        ) : (
          <button type="button" className="button" onClick={() => change('resume', 'Going on.')}>
            Resume
          </button>
        )}
      </div>
      <p role="status">{said}</p>
      {output.stitches === true && <StitchedThere />}
      <Kept kept={output.kept} />
      {output.dead > 0 && <DeadLetters id={output.id} total={output.dead} again={again} />}
    </section>
  );
}

import { useState } from 'react';
import { useAnswer } from '../../api/answers.ts';
import { CallError, send } from '../../api/call.ts';
import { usePath } from '../../api/project.ts';
import type { OutputsAnswer, OutputTestAnswer, OutputView } from '../../api/shapes.ts';
import { count } from '../../parts/format.ts';
import { Await, Empty } from '../../parts/states.tsx';
import { useTitle } from '../../shell/title.ts';
import { DeadLetters } from './dead.tsx';
import { healthOf } from './health.ts';
import { NewOutput } from './new.tsx';

/** What goes out: every output with how it is doing, what it gave up, and a way to make another. */
export default function Outputs() {
  useTitle('Outputs');
  const answer = useAnswer<OutputsAnswer>('/v1/outputs', {}, { refreshInterval: 2_000 });
  const again = () => void answer.mutate();
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>Outputs</h1>
          <p className="muted">Systems that are told what happens, who changed, and whose a stretch of history was.</p>
        </div>
      </header>
      <Await answer={answer} lines={6}>
        {({ outputs }) => (
          <>
            {outputs.length === 0 && (
              <Empty title="Nothing goes out yet">Make an output below; it is told what comes from then on.</Empty>
            )}
            {outputs.map((one) => (
              <One key={one.id} output={one} again={again} />
            ))}
          </>
        )}
      </Await>
      <NewOutput made={again} />
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
    <section className="card" aria-label={output.id}>
      <h2>
        {output.id} <span className={`status status-${status}`}>{output.state}</span>
      </h2>
      <p className="muted">
        {output.type} to <code>{output.url}</code>
      </p>
      <p>{text}</p>
      <p className="muted">
        {count(output.sent)} sent · {count(output.held)} waiting · {count(output.dead)} dead ·{' '}
        {count(output.lag.positions)} positions behind
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
      {output.dead > 0 && <DeadLetters id={output.id} total={output.dead} again={again} />}
    </section>
  );
}

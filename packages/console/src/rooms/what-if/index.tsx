import { type ChangeEvent, type FormEvent, useCallback, useState } from 'react';
import { Link } from 'wouter';
import { useAnswer } from '../../api/answers.ts';
import { presetNames } from '../../parts/wires.ts';
import { useTitle } from '../../shell/title.ts';
import type { Policy } from '../policy/policy.ts';
import { UnderWay, useSwitching } from '../policy/switching.tsx';
import { type Body, SavedBodies } from '../saved-bodies.tsx';
import { TrialView } from './difference.tsx';
import { useTrial } from './simulation.ts';
import { readTruth } from './truth.ts';

/** Tries another policy on the whole log, and applies it once the difference is known. */
export default function WhatIf() {
  useTitle('What if');
  const trial = useTrial();
  const [preset, setPreset] = useState('');
  const [tried, setTried] = useState('');
  const policy = useAnswer<Policy>('/v1/policy');
  const [bodies, setBodies] = useState<ReadonlyMap<string, Body>>(new Map());
  const hear = useCallback((id: string, body: Body) => setBodies((before) => new Map(before).set(id, body)), []);
  const [isAsking, setAsking] = useState(true);
  const [truth, setTruth] = useState('');
  const [problem, setProblem] = useState('');
  const begin = (event: FormEvent) => {
    event.preventDefault();
    const read = readTruth(truth);
    setProblem('problem' in read ? read.problem : '');
    if ('problem' in read) return;
    setTried(preset);
    void trial.start({
      ...(preset === '' ? { allPresets: true } : { policy: { preset } }),
      ...(isAsking && bodies.size > 0 ? { questions: [...bodies.values()] } : {}),
      ...(read.truth.length > 0 ? { truth: read.truth } : {}),
    });
  };
  const pick = (event: ChangeEvent<HTMLInputElement>) => {
    setProblem('');
    void event.target.files?.[0]?.text().then(setTruth, () => setProblem('The file cannot be read.'));
  };
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>What if</h1>
          <p className="muted">
            What another vendor’s rules would make of everything you were ever told. Nothing is changed until you apply
            it.
          </p>
        </div>
      </header>
      <form className="card what-if-ask" onSubmit={begin}>
        <label htmlFor="what-if-preset">Rules to try</label>
        <select id="what-if-preset" value={preset} onChange={(event) => setPreset(event.target.value)}>
          <option value="">Every preset, side by side</option>
          {presetNames().map(([value, name]) => (
            <option key={value} value={value}>
              {name}
              {policy.data?.preset === value ? ' (today)' : ''}
            </option>
          ))}
        </select>
        <button type="submit" className="button button-main" disabled={trial.view?.state === 'running'}>
          Try
        </button>
        {bodies.size > 0 && (
          <label>
            <input type="checkbox" checked={isAsking} onChange={(event) => setAsking(event.target.checked)} /> also ask{' '}
            {bodies.size === 1 ? 'the saved question' : `the ${bodies.size} saved questions`}
          </label>
        )}
        <details className="what-if-truth">
          <summary>Measure it against a known truth</summary>
          <div>
            <p className="muted">
              Whose each event really was, where somebody knows: a line an event, as{' '}
              <code>{'{"insertId":"order-17","human":"ann"}'}</code>. Tell all that a few humans did.
            </p>
            <label htmlFor="what-if-file">From a file</label>
            <input id="what-if-file" type="file" accept=".ndjson,.jsonl,.json,.txt" onChange={pick} />
            <label htmlFor="what-if-truth">Or pasted</label>
            <textarea
              id="what-if-truth"
              rows={4}
              spellCheck={false}
              value={truth}
              onChange={(event) => setTruth(event.target.value)}
            />
          </div>
        </details>
        {problem !== '' && (
          <p className="field-error" role="alert">
            {problem}
          </p>
        )}
      </form>
      <SavedBodies onHear={hear} />
      <TrialView trial={trial} />
      <UnderWay />
      {trial.view?.result !== undefined && trial.view.result.changed > 0 && (
        <Apply key={trial.view.id} preset={tried} />
      )}
    </div>
  );
}

function Apply({ preset }: { preset: string }) {
  const { isBusy, failure, run } = useSwitching();
  const [state, setState] = useState<'ready' | 'asked' | 'done'>('ready');
  const apply = async () => {
    const reason = 'tried in What if';
    setState((await run('PUT', '/v1/policy', { preset, reason })) ? 'done' : 'ready');
  };
  if (state === 'done')
    return (
      <p className="notice notice-good" role="status">
        Applied: {preset} is in force. <Link href="/policy">Rules</Link> goes back to those of before at a click: their
        graph is kept, so that takes a moment only.
      </p>
    );
  return (
    <p className="button-row">
      {failure !== '' && (
        <span className="field-error" role="alert">
          {failure}
        </span>
      )}
      {state === 'asked' ? (
        <>
          <button type="button" className="button button-main" disabled={isBusy} onClick={() => void apply()}>
            Yes, for everybody
          </button>
          <button type="button" className="button" disabled={isBusy} onClick={() => setState('ready')}>
            No
          </button>
        </>
      ) : (
        <button type="button" className="button" onClick={() => setState('asked')}>
          Apply {preset}
        </button>
      )}
    </p>
  );
}

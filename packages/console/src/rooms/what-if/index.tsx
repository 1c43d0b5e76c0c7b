import { type FormEvent, useState } from 'react';
import { useSWRConfig } from 'swr';
import { useAnswer } from '../../api/answers.ts';
import { CallError, send } from '../../api/call.ts';
import { usePath } from '../../api/project.ts';
import { share } from '../../parts/format.ts';
import { useTitle } from '../../shell/title.ts';
import { TrialView } from './difference.tsx';
import { useTrial } from './simulation.ts';

const presets = [
  ['selfsame', 'Selfsame'],
  ['by-interval', 'By interval'],
  ['mixpanel-simplified', 'Mixpanel, simplified merge'],
  ['mixpanel-original', 'Mixpanel, original merge'],
  ['mparticle-default', 'mParticle, default'],
  ['mparticle-conversion', 'mParticle, profile conversion'],
  ['mparticle-link', 'mParticle, profile link'],
  ['mparticle-isolation', 'mParticle, profile isolation'],
  ['mparticle-best-match', 'mParticle, best match'],
  ['segment', 'Segment'],
  ['spid', 'SPiD'],
  ['xo', 'Crownpeak XO'],
] as const;

interface PolicyNow {
  readonly preset: string;
  readonly change?: { readonly progress: number };
}

/** Tries another policy on the whole log, and applies it once the difference is known. */
export default function WhatIf() {
  useTitle('What if');
  const trial = useTrial();
  const [preset, setPreset] = useState('');
  const [tried, setTried] = useState('');
  const policy = useAnswer<PolicyNow>('/v1/policy', {}, { refreshInterval: (now) => (now?.change ? 500 : 0) });
  const begin = (event: FormEvent) => {
    event.preventDefault();
    setTried(preset);
    void trial.start(preset === '' ? { allPresets: true } : { policy: { preset } });
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
          {presets.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
              {policy.data?.preset === value ? ' (today)' : ''}
            </option>
          ))}
        </select>
        <button type="submit" className="button button-main" disabled={trial.view?.state === 'running'}>
          Try
        </button>
      </form>
      <TrialView trial={trial} />
      {trial.view?.result !== undefined && trial.view.result.changed > 0 && (
        <Apply key={trial.view.id} preset={tried} progress={policy.data?.change?.progress} watch={policy.mutate} />
      )}
    </div>
  );
}

function Apply({
  preset,
  progress,
  watch,
}: {
  preset: string;
  progress: number | undefined;
  watch: () => Promise<unknown>;
}) {
  const of = usePath();
  const { mutate } = useSWRConfig();
  const [state, setState] = useState<'ready' | 'asked' | 'working' | 'done'>('ready');
  const [failure, setFailure] = useState('');
  const apply = async () => {
    setState('working');
    setFailure('');
    const change = send('PUT', of('/v1/policy'), { preset });
    setTimeout(() => void watch(), 300);
    try {
      await change;
      setState('done');
      await mutate(() => true);
    } catch (error) {
      setState('ready');
      setFailure(error instanceof CallError ? error.message : 'The server did not answer.');
    }
  };
  if (state === 'done' && progress === undefined)
    return (
      <p className="notice notice-good" role="status">
        Applied: {preset} is in force. To go back, try the one before and apply it: its graph is kept, so that takes a
        moment only.
      </p>
    );
  if (state === 'working' || state === 'done')
    return (
      <div className="working" role="status">
        <p>Folding the log under {preset}; what comes in meanwhile is taken in.</p>
        <progress aria-label="How far it is" {...(progress === undefined ? {} : { value: progress, max: 1 })} />
        <p>{progress !== undefined && share(progress)}</p>
        <button type="button" className="button" onClick={() => void send('DELETE', of('/v1/policy/change'), {})}>
          Cancel
        </button>
      </div>
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
          <button type="button" className="button button-main" onClick={() => void apply()}>
            Yes, for everybody
          </button>
          <button type="button" className="button" onClick={() => setState('ready')}>
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

import { type FormEvent, useId, useMemo, useRef, useState } from 'react';
import { useSWRConfig } from 'swr';
import { useAnswer } from '../api/answers.ts';
import { remembered } from '../api/browser-memory.ts';
import { CallError, send } from '../api/call.ts';
import { usePath, useProject } from '../api/project.ts';
import { Await } from '../parts/states.tsx';
import { useTitle } from '../shell/title.ts';
import { bodyOf, type Change, changed, inWords } from './policy-change.ts';
import { type Choice, identityModes, sharedDevices, strategies } from './policy-words.ts';
import { Unsigned } from './unsigned.tsx';
import { TrialView } from './what-if/difference.tsx';
import { useTrial } from './what-if/simulation.ts';
import '../styles/rooms/policy.css';

/** The part of the policy that this page changes. */
interface Policy {
  readonly preset: string;
  readonly identityMode: string;
  readonly sharedDevice: string;
  readonly directory: {
    readonly strategy: string;
    readonly reuseAnonymousAtLogout: boolean;
  } & Readonly<Record<List, readonly string[]>>;
}
type List = 'priority' | 'loginIds' | 'uniqueIds' | 'immutableIds';

const lists: readonly (readonly [List, string, string])[] = [
  ['priority', 'Priority', 'Only these kinds are looked up, in this order.'],
  ['loginIds', 'Login ids', 'A profile that holds one of these is a known customer.'],
  ['uniqueIds', 'Unique ids', 'Only one profile at a time holds such a value; a modify moves it.'],
  ['immutableIds', 'Immutable ids', 'Once set they never change. They must be login and unique ids too.'],
];

/** Where an operator chooses the rules, each with what it means. */
export default function PolicyRoom() {
  useTitle('Policy');
  const answer = useAnswer<Policy>('/v1/policy');
  // Said here, for the form is a new one when the policy is.
  const [applied, setApplied] = useState('');
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>Policy</h1>
          <p className="muted">The rules of this project, by which people are told apart.</p>
        </div>
      </header>
      <p role="status" className={applied === '' ? undefined : 'notice notice-good'}>
        {applied}
      </p>
      <Await answer={answer} lines={8}>
        {(policy) => <PolicyForm key={JSON.stringify(policy)} policy={policy} onApplied={setApplied} />}
      </Await>
      <Unsigned />
    </div>
  );
}

type Values = Readonly<Record<string, string>>;

function PolicyForm({ policy, onApplied }: { policy: Policy; onApplied: (said: string) => void }) {
  const of = usePath();
  const { id } = useProject();
  const { mutate } = useSWRConfig();
  const form = useRef<HTMLFormElement>(null);
  const draft = useMemo(() => remembered('session', `selfsame.policy.${id}`), [id]);
  const [start] = useState(() => valuesOf(policy, draft.read()));
  const [changes, setChanges] = useState<readonly Change[]>(() => changed(valuesOf(policy, undefined), start));
  const [asked, setAsked] = useState(false);
  const [failure, setFailure] = useState('');
  const trial = useTrial();

  /** What is typed here is still here after a look at another page. */
  const keep = () => {
    const values = readForm(form.current!);
    const next = changed(valuesOf(policy, undefined), values);
    setChanges(next);
    setAsked(false);
    trial.cancel();
    draft.write(
      next.length === 0 ? undefined : JSON.stringify(Object.fromEntries(next.map(({ name, to }) => [name, to]))),
    );
  };
  const discard = () => {
    draft.write(undefined);
    onApplied('');
    void mutate(of('/v1/policy'), undefined);
  };
  const apply = async () => {
    setFailure('');
    try {
      await send('PUT', of('/v1/policy'), bodyOf(changes));
      draft.write(undefined);
      onApplied(`Applied: ${changes.map(inWords).join('; ')}.`);
      await mutate(() => true);
    } catch (error) {
      setFailure(`Nothing was changed. ${error instanceof CallError ? error.message : 'The server did not answer.'}`);
      setAsked(false);
    }
  };
  const refolds = changes.some(({ name }) => name === 'sharedDevice' || name === 'identityMode');

  return (
    <form
      ref={form}
      className="card policy"
      onChange={keep}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (changes.length > 0) setAsked(true);
      }}
    >
      <h2>Directory</h2>
      <p className="muted">
        How mParticle’s calls find a profile. Holds for calls from now on; answers that went out stand.
      </p>
      <Pick name="strategy" label="Strategy" value={start['strategy']!} choices={strategies} />
      {lists.map(([name, label, hint]) => (
        <Lines key={name} name={name} label={label} hint={hint} value={start[name]!} />
      ))}
      <label className="tick">
        <input
          type="checkbox"
          name="reuseAnonymousAtLogout"
          defaultChecked={start['reuseAnonymousAtLogout'] === 'yes'}
        />
        A logout goes back to the anonymous profile this device already has
      </label>
      <h2>Stitching</h2>
      <p className="muted">
        How the other wires’ events are put together. A change is applied to the whole log at once.
      </p>
      <Pick name="sharedDevice" label="Shared devices" value={start['sharedDevice']!} choices={sharedDevices} />
      <h2>Trust</h2>
      <Pick name="identityMode" label="Identity mode" value={start['identityMode']!} choices={identityModes} />
      {failure !== '' && (
        <p className="field-error" role="alert">
          {failure}
        </p>
      )}
      {asked ? (
        <fieldset className="policy-ask">
          <legend>Change this for everybody?</legend>
          <ul className="plain">
            {changes.map((change) => (
              <li key={change.name}>{inWords(change)}</li>
            ))}
          </ul>
          {refolds && <p>The whole log is folded again; what comes in meanwhile is taken in.</p>}
          <p className="button-row">
            <button type="button" className="button button-main" onClick={() => void apply()}>
              Yes, change it
            </button>
            <button type="button" className="button" onClick={() => setAsked(false)}>
              No
            </button>
          </p>
        </fieldset>
      ) : (
        <p className="policy-apply">
          <button type="submit" className="button button-main" disabled={changes.length === 0}>
            Apply
          </button>
          {changes.length > 0 && (
            <button
              type="button"
              className="button"
              disabled={trial.view?.state === 'running'}
              onClick={() => void trial.start({ policy: bodyOf(changes) })}
            >
              Try first
            </button>
          )}
          {changes.length > 0 && (
            <button type="button" className="button button-quiet" onClick={discard}>
              Discard {changes.length === 1 ? 'the change' : `${changes.length} changes`}
            </button>
          )}
        </p>
      )}
      <TrialView trial={trial} />
    </form>
  );
}

function Pick({
  name,
  label,
  value,
  choices,
}: {
  name: string;
  label: string;
  value: string;
  choices: readonly Choice[];
}) {
  const id = useId();
  const [now, setNow] = useState(value);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} name={name} value={now} onChange={(event) => setNow(event.target.value)}>
        {choices.map((one) => (
          <option key={one.value} value={one.value}>
            {one.name}
          </option>
        ))}
      </select>
      <p className="muted">{choices.find((one) => one.value === now)?.says}</p>
    </div>
  );
}

function Lines({ name, label, hint, value }: { name: List; label: string; hint: string; value: string }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} name={name} defaultValue={value} spellCheck={false} autoComplete="off" />
      <p className="muted">{hint}</p>
    </div>
  );
}

/** The policy as the form holds it, with what was typed before and not applied. */
function valuesOf(policy: Policy, draft: string | undefined): Values {
  const now: Values = {
    strategy: policy.directory.strategy,
    ...Object.fromEntries(lists.map(([name]) => [name, policy.directory[name].join(', ')])),
    reuseAnonymousAtLogout: policy.directory.reuseAnonymousAtLogout ? 'yes' : 'no',
    sharedDevice: policy.sharedDevice,
    identityMode: policy.identityMode,
  };
  try {
    return { ...now, ...(JSON.parse(draft ?? '{}') as Values) };
  } catch {
    return now;
  }
}

function readForm(form: HTMLFormElement): Values {
  const data = new FormData(form);
  const texts = Object.fromEntries([...data].map(([name, value]) => [name, String(value)]));
  return { ...texts, reuseAnonymousAtLogout: data.has('reuseAnonymousAtLogout') ? 'yes' : 'no' };
}

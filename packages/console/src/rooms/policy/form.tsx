import { type FormEvent, useId, useRef, useState } from 'react';
import type { remembered } from '../../api/browser-memory.ts';
import { TrialView } from '../what-if/difference.tsx';
import { useTrial } from '../what-if/simulation.ts';
import { bodyOf, type Change, changed, inWords } from './change.ts';
import { type List, lists, type Policy, type Values, valuesOf } from './policy.ts';
import type { Switching } from './switching.tsx';
import { type Choice, identityModes, sharedDevices, strategies } from './words.ts';

/** Where an operator chooses the rules, each with what it means: try them, look at the difference, apply them. */
export function PolicyForm({
  policy,
  draft,
  switching,
  onDone,
}: {
  policy: Policy;
  draft: ReturnType<typeof remembered>;
  switching: Switching;
  /** Hears what was done; nothing when the form was left. */
  onDone: (said: string) => void;
}) {
  const form = useRef<HTMLFormElement>(null);
  const [start] = useState(() => withDraft(policy, draft.read()));
  const [changes, setChanges] = useState<readonly Change[]>(() => changed(valuesOf(policy), start));
  const [asked, setAsked] = useState(false);
  const reason = useRef<HTMLInputElement>(null);
  const trial = useTrial();

  /** What is typed here is still here after a look at another page. */
  const keep = () => {
    const values = readForm(form.current!);
    const next = changed(valuesOf(policy), values);
    setChanges(next);
    setAsked(false);
    trial.cancel();
    draft.write(
      next.length === 0 ? undefined : JSON.stringify(Object.fromEntries(next.map(({ name, to }) => [name, to]))),
    );
  };
  const discard = () => {
    draft.write(undefined);
    onDone('');
  };
  const apply = async () => {
    const why = reason.current?.value.trim() ?? '';
    const body = { ...bodyOf(changes), ...(why === '' ? {} : { reason: why }) };
    if (!(await switching.run('PUT', '/v1/policy', body))) return setAsked(false);
    draft.write(undefined);
    onDone(`Applied: ${changes.map(inWords).join('; ')}.`);
  };
  const isTried = trial.view?.state === 'done';
  const refolds = changes.some(({ name }) => name === 'sharedDevice' || name === 'identityMode');

  return (
    <form
      ref={form}
      className="card policy"
      onChange={keep}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (asked) void apply();
        else if (changes.length > 0) setAsked(true);
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
      {asked ? (
        <fieldset className="policy-ask" disabled={switching.isBusy}>
          <legend>Change this for everybody?</legend>
          <ul className="plain">
            {changes.map((change) => (
              <li key={change.name}>{inWords(change)}</li>
            ))}
          </ul>
          {refolds && <p>The whole log is folded again; what comes in meanwhile is taken in.</p>}
          <label>
            Why, for the history
            {/* Typing a reason is no change of the rules. */}
            <input ref={reason} maxLength={1000} autoComplete="off" onChange={(event) => event.stopPropagation()} />
          </label>
          <p className="button-row">
            <button type="submit" className="button button-main">
              Yes, change it
            </button>
            <button type="button" className="button" onClick={() => setAsked(false)}>
              No
            </button>
          </p>
        </fieldset>
      ) : (
        <p className="policy-apply">
          <button
            type="button"
            className={isTried ? 'button' : 'button button-main'}
            disabled={changes.length === 0 || trial.view?.state === 'running'}
            onClick={() => void trial.start({ policy: bodyOf(changes) })}
          >
            Try
          </button>
          <button type="submit" className={isTried ? 'button button-main' : 'button'} disabled={changes.length === 0}>
            Apply
          </button>
          <button type="button" className="button button-quiet" onClick={discard}>
            {changes.length === 0
              ? 'Cancel'
              : `Discard ${changes.length === 1 ? 'the change' : `${changes.length} changes`}`}
          </button>
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
function withDraft(policy: Policy, draft: string | undefined): Values {
  const now = valuesOf(policy);
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

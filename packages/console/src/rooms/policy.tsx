import { type FormEvent, useId, useState } from 'react';
import { useSWRConfig } from 'swr';
import { useAnswer } from '../api/answers.ts';
import { CallError, send } from '../api/call.ts';
import { usePath } from '../api/project.ts';
import { Await } from '../parts/states.tsx';
import { useTitle } from '../shell/title.ts';
import { type Choice, identityModes, sharedDevices, strategies } from './policy-words.ts';

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
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>Policy</h1>
          <p className="muted">The rules of this project, by which people are told apart.</p>
        </div>
      </header>
      <Await answer={answer} lines={8}>
        {(policy) => <PolicyForm key={JSON.stringify(policy)} policy={policy} />}
      </Await>
    </div>
  );
}

function PolicyForm({ policy }: { policy: Policy }) {
  const of = usePath();
  const { mutate } = useSWRConfig();
  const [strategy, setStrategy] = useState(policy.directory.strategy);
  const [said, setSaid] = useState('');

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setSaid('Applying …');
    const change = changeOf(policy, new FormData(event.currentTarget));
    try {
      await send('PUT', of('/v1/policy'), change);
      setSaid('Applied.');
      await mutate(() => true);
    } catch (error) {
      setSaid(error instanceof CallError ? error.message : 'The change was not made.');
    }
  };

  return (
    <form className="card policy" onSubmit={submit}>
      <h2>Directory</h2>
      <p className="muted">
        How mParticle’s calls find a profile. Holds for calls from now on; answers that went out stand.
      </p>
      <Pick name="strategy" label="Strategy" value={strategy} choices={strategies} onPick={setStrategy} />
      {lists.map(([name, label, hint]) => (
        <Lines key={name} name={name} label={label} hint={hint} value={policy.directory[name]} />
      ))}
      <label className="tick">
        <input type="checkbox" name="reuseAnonymousAtLogout" defaultChecked={policy.directory.reuseAnonymousAtLogout} />
        A logout goes back to the anonymous profile this device already has
      </label>
      <h2>Stitching</h2>
      <p className="muted">
        How the other wires’ events are put together. A change is applied to the whole log at once.
      </p>
      <Pick name="sharedDevice" label="Shared devices" value={policy.sharedDevice} choices={sharedDevices} />
      <h2>Trust</h2>
      <Pick name="identityMode" label="Identity mode" value={policy.identityMode} choices={identityModes} />
      <p className="policy-apply">
        <button type="submit" className="button button-main">
          Apply
        </button>
        <span role="status">{said}</span>
      </p>
    </form>
  );
}

function Pick({
  name,
  label,
  value,
  choices,
  onPick,
}: {
  name: string;
  label: string;
  value: string;
  choices: readonly Choice[];
  onPick?: (value: string) => void;
}) {
  const id = useId();
  const [now, setNow] = useState(value);
  const pick = (next: string) => {
    setNow(next);
    onPick?.(next);
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} name={name} value={now} onChange={(event) => pick(event.target.value)}>
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

function Lines({ name, label, hint, value }: { name: List; label: string; hint: string; value: readonly string[] }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} name={name} defaultValue={value.join(', ')} spellCheck={false} autoComplete="off" />
      <p className="muted">{hint}</p>
    </div>
  );
}

/** Only what was changed is sent: another strategy then brings its own settings. */
function changeOf(policy: Policy, form: FormData): object {
  const text = (name: string) => String(form.get(name) ?? '');
  const words = (name: string) =>
    text(name)
      .split(/[\s,]+/)
      .filter((word) => word !== '');
  const directory: Record<string, unknown> = {};
  if (text('strategy') !== policy.directory.strategy) directory['strategy'] = text('strategy');
  for (const [name] of lists) if (words(name).join() !== policy.directory[name].join()) directory[name] = words(name);
  const reuse = form.get('reuseAnonymousAtLogout') !== null;
  if (reuse !== policy.directory.reuseAnonymousAtLogout) directory['reuseAnonymousAtLogout'] = reuse;
  return {
    ...(Object.keys(directory).length === 0 ? {} : { directory }),
    ...(text('sharedDevice') === policy.sharedDevice ? {} : { sharedDevice: text('sharedDevice') }),
    ...(text('identityMode') === policy.identityMode ? {} : { identityMode: text('identityMode') }),
  };
}

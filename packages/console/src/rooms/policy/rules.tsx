import { lists, type Policy, valuesOf } from './policy.ts';
import { type Choice, identityModes, sharedDevices, strategies } from './words.ts';

/** The rules in force, to read. */
export function Rules({ policy, onEdit }: { policy: Policy; onEdit: () => void }) {
  const values = valuesOf(policy);
  const { change: _change, ...all } = policy;
  return (
    <section className="card policy" aria-label="The rules in force">
      <dl className="policy-rules">
        <Rule name="Preset" value={policy.preset} says="What every field begins with." />
        <Chosen name="Strategy" value={values['strategy']!} choices={strategies} />
        {lists.map(([name, label, says]) => (
          <Rule key={name} name={label} value={values[name] || 'none'} says={says} />
        ))}
        <Rule
          name="Back to the anonymous profile at logout"
          value={values['reuseAnonymousAtLogout']!}
          says="Whether a logout goes back to the anonymous profile the device already has."
        />
        <Chosen name="Shared devices" value={values['sharedDevice']!} choices={sharedDevices} />
        <Chosen name="Identity mode" value={values['identityMode']!} choices={identityModes} />
      </dl>
      <details>
        <summary>Every field, as the API gives it</summary>
        <pre className="code">{JSON.stringify(all, null, 2)}</pre>
      </details>
      <p className="button-row">
        <button type="button" className="button button-main" onClick={onEdit}>
          Edit
        </button>
      </p>
    </section>
  );
}

function Chosen({ name, value, choices }: { name: string; value: string; choices: readonly Choice[] }) {
  const choice = choices.find((one) => one.value === value);
  return <Rule name={name} value={choice?.name ?? value} says={choice?.says ?? ''} />;
}

const Rule = ({ name, value, says }: { name: string; value: string; says: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {value}
      <p className="muted">{says}</p>
    </dd>
  </div>
);

import { type FormEvent, useState } from 'react';
import { CallError, send } from '../../api/call.ts';
import { usePath } from '../../api/project.ts';
import type { ConnectionView, OutputView } from '../../api/shapes.ts';
import { Choice, Field } from '../../questions/controls.tsx';
import { inputChoices } from './inputs.ts';
import { Kept } from './kept.tsx';
import { inWords } from './problems.ts';
import { draftOf, type RuleDraft, ruleOf } from './rule-drafts.ts';
import { Rules } from './rules.tsx';
import { switchWords } from './switches.ts';

const filters = [
  ['events', 'Events that never go out'],
  ['properties', 'Properties that never go out'],
  ['traits', 'Traits that never go out'],
  ['segments', 'Segments that never go out'],
  ['identities', 'Kinds of identifiers that never go out'],
] as const;

/** Makes a connection, or changes one. */
export function ConnectionForm({
  connection,
  outputs,
  done,
}: {
  /** Absent: a new one. */
  connection?: ConnectionView | undefined;
  outputs: readonly OutputView[];
  /** It is as it was asked for, or nothing is to be done. */
  done: () => void;
}) {
  const of = usePath();
  const [input, setInput] = useState(connection?.input ?? 'all');
  const [output, setOutput] = useState(connection?.output ?? outputs[0]?.id ?? '');
  const [rules, setRules] = useState<readonly RuleDraft[]>(() => (connection?.rules ?? []).map(draftOf));
  const [said, say] = useState('');
  const path = connection && of(`/v1/connections/${encodeURIComponent(connection.id)}`);
  const act = async (doing: () => Promise<unknown>) => {
    try {
      await doing();
      done();
    } catch (error) {
      say(error instanceof CallError ? inWords(error.message) : 'It was not done.');
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void act(async () => {
      const body = { input, output, ...readForm(form), rules: rules.map(ruleOf) };
      await (path === undefined ? send('POST', of('/v1/connections'), body) : send('PUT', path, body));
    });
  };
  return (
    <form className="card connection" aria-label={connection?.id ?? 'New connection'} onSubmit={submit}>
      <h2>{connection === undefined ? 'New connection' : connection.id}</h2>
      {connection !== undefined && <Kept kept={connection.kept} />}
      <div className="toolbar">
        <Choice label="From" value={input} options={inputChoices()} onChange={setInput} />
        <Choice label="To" value={output} options={outputs.map(({ id }) => [id, id] as const)} onChange={setOutput} />
      </div>
      <label className="check">
        <input type="checkbox" name="active" defaultChecked={connection?.active ?? true} /> Active
      </label>
      <fieldset className="switches">
        <legend>What passes</legend>
        {switchWords.map(([name, words, usual]) => (
          <label key={name} className="check">
            <input type="checkbox" name={`switch.${name}`} defaultChecked={connection?.settings[name] ?? usual} />{' '}
            {words}
          </label>
        ))}
      </fieldset>
      {filters.map(([name, words]) => (
        <Field key={name} label={`${words}, one a line`}>
          {(id) => (
            <textarea
              id={id}
              name={`filter.${name}`}
              rows={2}
              defaultValue={(connection?.filters[name] ?? []).join('\n')}
            />
          )}
        </Field>
      ))}
      <Rules rules={rules} onChange={setRules} />
      <div className="button-row">
        <button type="submit" className="button button-main">
          {connection === undefined ? 'Connect' : 'Save'}
        </button>
        <button type="button" className="button" onClick={done}>
          Close
        </button>
        {path !== undefined && (
          <button type="button" className="button" onClick={() => void act(() => send('DELETE', path, {}))}>
            Take out
          </button>
        )}
      </div>
      <p role="status">{said}</p>
    </form>
  );
}

function readForm(form: FormData): object {
  const text = (name: string) => String(form.get(name) ?? '');
  const lines = (name: string) =>
    text(name)
      .split('\n')
      .map((one) => one.trim())
      .filter((one) => one !== '');
  return {
    active: form.has('active'),
    settings: Object.fromEntries(switchWords.map(([name]) => [name, form.has(`switch.${name}`)])),
    filters: Object.fromEntries(
      filters.flatMap(([name]) => (lines(`filter.${name}`).length === 0 ? [] : [[name, lines(`filter.${name}`)]])),
    ),
  };
}

import { type FormEvent, useState } from 'react';
import { CallError, send } from '../../api/call.ts';
import { usePath } from '../../api/project.ts';
import type { OutputTestAnswer, OutputView } from '../../api/shapes.ts';
import { Choice, Field } from '../../questions/controls.tsx';
import { FirstMessage } from './first-message.tsx';
import { inputChoices } from './inputs.ts';
import { type Asked, bodyOf, type Kind, kinds } from './kinds.ts';
import { inWords } from './problems.ts';

/** Makes an output with what it takes; ends with a test item, and then a message, that have arrived, or the reason why not. */
export function NewOutput({ made, outputs }: { made: () => void; outputs: readonly OutputView[] }) {
  const of = usePath();
  const [type, choose] = useState('webhook');
  const [input, setInput] = useState('all');
  const [said, say] = useState('');
  const [secret, show] = useState<string>();
  const [fresh, setFresh] = useState<string>();
  const kind = kinds.find((one) => one.type === type) ?? (kinds[0] as Kind);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    show(undefined);
    setFresh(undefined);
    say('Making it …');
    try {
      const output = await send<OutputView>('POST', of('/v1/outputs'), bodyOf(kind, new FormData(form)));
      if (output.secret !== undefined) show(output.secret);
      if (input !== 'all') await send('POST', of('/v1/connections'), { input, output: output.id });
      say('Made. Sending a test item …');
      made();
      const test = of(`/v1/outputs/${encodeURIComponent(output.id)}/test`);
      const { ok, reason } = await send<OutputTestAnswer>('POST', test, {});
      say(ok ? kind.tested : `It is made, but the test item was not taken: ${reason}.`);
      if (ok) setFresh(output.id);
      form.reset();
    } catch (error) {
      say(error instanceof CallError ? inWords(error.message, kind.asks) : 'It was not made.');
    }
  };
  return (
    <form className="card new-output" aria-label="New output" onSubmit={(event) => void submit(event)}>
      <h2>New output</h2>
      <Choice
        label="Kind"
        value={type}
        options={kinds.map((one) => [one.type, one.text] as const)}
        onChange={(next) => {
          choose(next);
          say('');
        }}
      />
      <p className="muted">{kind.help}</p>
      <Field label="Name">
        {(id) => (
          <input
            id={id}
            name="id"
            required
            pattern="[\w.\-]{1,64}"
            title="letters, digits and _ . -"
            autoComplete="off"
          />
        )}
      </Field>
      {kind.asks.map((asked) => (
        <Question key={`${type} ${asked.name}`} asked={asked} />
      ))}
      <Choice label="Takes" value={input} options={inputChoices()} onChange={setInput} />
      <button type="submit" className="button button-main">
        Make and test
      </button>
      <p role="status">{said}</p>
      {secret !== undefined && (
        <p className="notice">
          The signing secret, shown this once: <code>{secret}</code>
        </p>
      )}
      {fresh !== undefined && <FirstMessage id={fresh} output={outputs.find(({ id }) => id === fresh)} />}
    </form>
  );
}

function Question({ asked: { name, label, help, required = false, as } }: { asked: Asked }) {
  const helpId = help === undefined ? undefined : `help-${name}`;
  const helped = help !== undefined && (
    <span id={helpId} className="muted">
      {help}
    </span>
  );
  if (as === 'check')
    return (
      <div>
        <label className="check">
          <input type="checkbox" name={name} aria-describedby={helpId} /> {label}
        </label>
        {helped}
      </div>
    );
  return (
    <Field label={required || typeof as === 'object' ? label : `${label} (if you like)`}>
      {(id) => (
        <>
          {typeof as === 'object' ? (
            <select id={id} name={name}>
              {as.map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          ) : (
            <input
              id={id}
              name={name}
              required={required}
              autoComplete="off"
              aria-describedby={helpId}
              {...(as === 'url' ? { type: 'url', placeholder: 'https://' } : {})}
              {...(as === 'seconds' ? { type: 'number', min: 1, max: 86_400 } : {})}
              {...(as === 'count' ? { type: 'number', min: 1, max: 1_000_000 } : {})}
            />
          )}
          {helped}
        </>
      )}
    </Field>
  );
}

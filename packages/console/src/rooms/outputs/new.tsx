import { type FormEvent, useState } from 'react';
import { CallError, send } from '../../api/call.ts';
import { usePath } from '../../api/project.ts';
import type { OutputTestAnswer, OutputView } from '../../api/shapes.ts';
import { Choice, Field } from '../../questions/controls.tsx';
import { FirstMessage } from './first-message.tsx';
import { inputChoices } from './inputs.ts';

/** What each kind of output needs besides a name and an address. */
const kinds = [
  ['webhook', 'Webhook', undefined],
  ['mixpanel', 'Mixpanel', ['token', 'Project token']],
  ['mparticle-webhook', 'mParticle’s webhook form', ['authorization', 'Authorization header']],
  ['segment', 'Segment form', ['writeKey', 'Write key']],
] as const;

/** Makes an output with what it takes; ends with a test item, and then a message, that have arrived, or the reason why not. */
export function NewOutput({ made, outputs }: { made: () => void; outputs: readonly OutputView[] }) {
  const of = usePath();
  const [type, choose] = useState<(typeof kinds)[number][0]>('webhook');
  const [input, setInput] = useState('all');
  const [said, say] = useState('');
  const [secret, show] = useState<string>();
  const [fresh, setFresh] = useState<string>();
  const [, , key] = kinds.find(([one]) => one === type) ?? kinds[0];
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''));
    show(undefined);
    setFresh(undefined);
    say('Making it …');
    try {
      const output = await send<OutputView>('POST', of('/v1/outputs'), { ...fields, type });
      if (output.secret !== undefined) show(output.secret);
      if (input !== 'all') await send('POST', of('/v1/connections'), { input, output: output.id });
      say('Made. Sending a test item …');
      made();
      const test = of(`/v1/outputs/${encodeURIComponent(output.id)}/test`);
      const { ok, reason } = await send<OutputTestAnswer>('POST', test, {});
      say(ok ? 'The test item has arrived.' : `It is made, but the test item was not taken: ${reason}.`);
      if (ok) setFresh(output.id);
      form.reset();
    } catch (error) {
      say(error instanceof CallError ? error.message : 'It was not made.');
    }
  };
  return (
    <form className="card new-output" aria-label="New output" onSubmit={(event) => void submit(event)}>
      <h2>New output</h2>
      <Choice
        label="Kind"
        value={type}
        options={kinds.map(([value, text]) => [value, text] as const)}
        onChange={choose}
      />
      <Field label="Name">
        {(id) => <input id={id} name="id" required pattern="[\w.\-]{1,64}" title="letters, digits and _ . -" />}
      </Field>
      <Field label="Address">{(id) => <input id={id} name="url" type="url" required placeholder="https://" />}</Field>
      {key !== undefined && (
        <Field label={key[1]}>
          {(id) => <input id={id} name={key[0]} required={key[0] !== 'authorization'} autoComplete="off" />}
        </Field>
      )}
      <Choice label="Takes" value={input} options={inputChoices} onChange={setInput} />
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

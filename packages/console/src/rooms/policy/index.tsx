import { useMemo, useState } from 'react';
import { useAnswer } from '../../api/answers.ts';
import { remembered } from '../../api/browser-memory.ts';
import { useProject } from '../../api/project.ts';
import type { PolicyHistoryAnswer } from '../../api/shapes.ts';
import { Await } from '../../parts/states.tsx';
import { useTitle } from '../../shell/title.ts';
import { PolicyForm } from './form.tsx';
import { History } from './history.tsx';
import type { Policy } from './policy.ts';
import { Rules } from './rules.tsx';
import { UnderWay, useSwitching } from './switching.tsx';
import { Unsigned } from './unsigned.tsx';
import '../../styles/rooms/policy.css';

/** The rules by which people are told apart: to read, to change after a look at the difference, and to go back to. */
export default function RulesRoom() {
  useTitle('Rules');
  const { id } = useProject();
  const answer = useAnswer<Policy>('/v1/policy');
  const draft = useMemo(() => remembered('session', `selfsame.policy.${id}`), [id]);
  // What was typed before and not applied is still being edited.
  const [isEdited, setEdited] = useState(() => draft.read() !== undefined);
  // Said here, for the form goes when the policy is another.
  const [said, setSaid] = useState('');
  const switching = useSwitching();
  const done = (what: string) => {
    setSaid(what);
    setEdited(false);
  };
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>Rules</h1>
          <p className="muted">By which people of this project are told apart.</p>
        </div>
      </header>
      <Ruler />
      <p role="status" className={said === '' ? undefined : 'notice notice-good'}>
        {said}
      </p>
      <UnderWay />
      {switching.failure !== '' && (
        <p className="field-error" role="alert">
          {switching.failure}
        </p>
      )}
      <Await answer={answer} lines={8}>
        {({ change: _change, ...policy }) =>
          isEdited ? (
            <PolicyForm
              key={JSON.stringify(policy)}
              policy={policy}
              draft={draft}
              switching={switching}
              onDone={done}
            />
          ) : (
            <Rules
              policy={policy}
              onEdit={() => {
                setSaid('');
                setEdited(true);
              }}
            />
          )
        }
      </Await>
      <History switching={switching} onBack={done} />
      <Unsigned />
    </div>
  );
}

/** Whose word holds. */
function Ruler() {
  const { data } = useAnswer<PolicyHistoryAnswer>('/v1/policy/history');
  if (data === undefined) return null;
  return (
    <p>
      {data.ruledBy === 'settings-file'
        ? 'The settings file rules: what it says of the policy holds, until somebody changes it here.'
        : 'The console rules: what was chosen here or over the API holds, and what the settings file says of the policy is not looked at.'}
    </p>
  );
}

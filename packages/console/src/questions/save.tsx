import { Bookmark } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { useAnswer } from '../api/answers.ts';
import { CallError, send } from '../api/call.ts';
import { usePath } from '../api/project.ts';
import type { SavedQuestion, SavedQuestionsAnswer } from '../api/shapes.ts';

/** Saves the question of the address with a name, for everybody in the project; a name that is taken is replaced. */
export function SaveQuestion() {
  const path = usePath();
  const [room] = useLocation();
  useSearch();
  const saved = useAnswer<SavedQuestionsAnswer>('/v1/questions');
  const [name, setName] = useState('');
  const [done, setDone] = useState<string | CallError>();
  const box = useRef<HTMLDetailsElement>(null);
  const same = saved.data?.questions.find((one) => one.name === name.trim());

  const save = async (event: FormEvent) => {
    event.preventDefault();
    const question = { name: name.trim(), address: room + window.location.search };
    try {
      if (same === undefined) await send<SavedQuestion>('POST', path('/v1/questions'), question);
      else await send<SavedQuestion>('PUT', path(`/v1/questions/${same.id}`), question);
      setDone(question.name);
      setName('');
      await saved.mutate();
    } catch (error) {
      setDone(error instanceof CallError ? error : new CallError(0, 'failed', 'It was not saved.'));
    }
  };
  return (
    <details className="popover" ref={box} onToggle={() => box.current?.open === false && setDone(undefined)}>
      <summary className="button">
        <Bookmark size={15} aria-hidden /> Save
      </summary>
      <form className="popover-body save" onSubmit={(event) => void save(event)}>
        <label htmlFor="save-name">Name of this question</label>
        <input
          id="save-name"
          value={name}
          maxLength={120}
          required
          placeholder="Sign-ups by campaign"
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" className="button button-main" disabled={name.trim() === ''}>
          {same === undefined ? 'Save for everybody in the project' : 'Replace the one of this name'}
        </button>
        <p role="status">
          {typeof done === 'string' && (
            <>
              “{done}” is on the <Link href="/board">Board</Link>.
            </>
          )}
          {done instanceof CallError && `${done.message} Nothing was saved.`}
        </p>
      </form>
    </details>
  );
}

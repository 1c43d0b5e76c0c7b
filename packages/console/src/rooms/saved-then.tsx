import { useCallback, useState } from 'react';
import { send } from '../api/call.ts';
import type { UndoPreview } from '../api/shapes.ts';
import { type Body, SavedBodies } from './saved-bodies.tsx';
import { TrialView } from './what-if/difference.tsx';
import { useTrial } from './what-if/simulation.ts';

/** How the answers to the saved questions would change, once somebody wants to know: it costs a read of the log. */
export function SavedThen({ path, body }: { path: string; body: object }) {
  const trial = useTrial();
  const [bodies, setBodies] = useState<ReadonlyMap<string, Body>>(new Map());
  const hear = useCallback((id: string, one: Body) => setBodies((before) => new Map(before).set(id, one)), []);
  const compare = () =>
    trial.begin(async () => {
      const questions = [...bodies.values()];
      return (await send<Required<Pick<UndoPreview, 'simulation'>>>('POST', path, { ...body, questions })).simulation;
    });
  return (
    <>
      <SavedBodies onHear={hear} />
      {trial.view === undefined && bodies.size > 0 && (
        <button type="button" className="button" onClick={() => void compare()}>
          {bodies.size === 1 ? 'Would the saved question' : `Would the ${bodies.size} saved questions`} change?
        </button>
      )}
      <TrialView trial={trial} of="a change" />
    </>
  );
}

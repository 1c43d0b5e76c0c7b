import { Suspense, useMemo, useState } from 'react';
import { Elsewhere } from '../address/elsewhere.tsx';
import { useAnswer } from '../api/answers.ts';
import type { SavedQuestion, SavedQuestionsAnswer } from '../api/shapes.ts';
import { Overhearing } from '../questions/overhear.tsx';
import { ErrorBoundary } from '../shell/error-boundary.tsx';
import { cards, placeOf } from './board-cards.ts';

/** A saved question as the API asks it. */
export interface Body {
  readonly name: string;
  readonly insight: string;
  readonly question: object;
}

/** Questions that the server compares at most. */
const MOST = 20;

/**
 * Reads the saved questions of the project as the API asks them: their rooms say it, without asking anything. Lists of
 * people are no question that has figures, so they are left out. `onHear` is called as they come, by id.
 */
export function SavedBodies({ onHear }: { onHear: (id: string, body: Body) => void }) {
  const saved = useAnswer<SavedQuestionsAnswer>('/v1/questions').data?.questions ?? [];
  const asked = saved.filter(({ address }) => placeOf(address).room !== '/people').slice(0, MOST);
  return (
    <div hidden>
      {asked.map((question) => (
        <Heard key={question.id} question={question} onHear={onHear} />
      ))}
    </div>
  );
}

function Heard({ question, onHear }: { question: SavedQuestion; onHear: (id: string, body: Body) => void }) {
  const { id, name, address } = question;
  const { room, search } = placeOf(address);
  const Card = cards[room];
  const [isHeard, setHeard] = useState(false);
  const listen = useMemo(() => {
    let isFirst = true;
    // A room asks its own question first, and then what it is compared with.
    return (insight: string, body: object) => {
      if (isFirst) onHear(id, { name, insight, question: body });
      isFirst = false;
      setHeard(true);
    };
  }, [id, name, onHear]);
  // A room that waits for an answer would ask again and again how far it is.
  if (Card === undefined || isHeard) return null;
  return (
    <ErrorBoundary place={address}>
      <Suspense>
        <Overhearing.Provider value={listen}>
          <Elsewhere room={room} search={search}>
            <Card />
          </Elsewhere>
        </Overhearing.Provider>
      </Suspense>
    </ErrorBoundary>
  );
}

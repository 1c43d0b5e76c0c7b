import { createContext, useContext, useEffect, useRef } from 'react';

/** Hears what would be asked below it; nothing is asked then. */
type Listener = (insight: string, question: object) => void;

export const Overhearing = createContext<Listener | undefined>(undefined);

/** Tells a listener above what would be asked; false: nobody listens, so it is asked. */
export function useOverheard(insight: string, question: object | null): boolean {
  const listen = useContext(Overhearing);
  const latest = useRef(question);
  latest.current = question;
  const text = JSON.stringify(question);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the question, which is new at every render
  useEffect(() => {
    if (latest.current !== null) listen?.(insight, latest.current);
  }, [listen, insight, text]);
  return listen !== undefined;
}

import { useCallback, useEffect, useRef, useState } from 'react';
import { CallError, get, send } from '../../api/call.ts';
import { usePath } from '../../api/project.ts';
import type { SimulationView } from '../../api/shapes.ts';

/** How often it is asked how far a simulation is, ms. */
const lookEvery = 400;

export interface Trial {
  /** The last word on it; undefined before one was begun. */
  readonly view: SimulationView | undefined;
  readonly failure: string;
  readonly start: (question: object) => Promise<void>;
  /** Begins one by another call, which answers its id. */
  readonly begin: (call: () => Promise<string>) => Promise<void>;
  /** Ends it, or puts its result away. */
  readonly cancel: () => void;
}

/** One simulation at a time: begun, watched, cancelled. It ends with the page that shows it. */
export function useTrial(): Trial {
  const of = usePath();
  const [view, setView] = useState<SimulationView>();
  const [failure, setFailure] = useState('');
  const id = useRef<string>(undefined);

  const forget = useCallback(() => {
    const old = id.current;
    id.current = undefined;
    if (old !== undefined) send('DELETE', of(`/v1/policy/simulations/${old}`), {}).catch(() => {});
  }, [of]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the page goes, and then only
  useEffect(() => forget, []);

  const begin = async (call: () => Promise<string>): Promise<void> => {
    forget();
    setFailure('');
    setView(undefined);
    try {
      const begun = await call();
      id.current = begun;
      while (id.current === begun) {
        const now = await get<SimulationView>(of(`/v1/policy/simulations/${begun}`));
        if (id.current !== begun) return;
        setView(now);
        if (now.state !== 'running') return;
        await new Promise((resolve) => setTimeout(resolve, lookEvery));
      }
    } catch (error) {
      setView(undefined);
      setFailure(error instanceof CallError ? error.message : 'The server did not answer.');
    }
  };
  const start = (question: object): Promise<void> =>
    begin(async () => (await send<{ id: string }>('POST', of('/v1/policy/simulate'), question)).id);
  const cancel = (): void => {
    forget();
    setView(undefined);
  };
  return { view, failure, start, begin, cancel };
}

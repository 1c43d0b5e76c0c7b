import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.ts';

/** How long a server may be away, or not ready, before we give up, ms. */
const AWAY = 5 * 60_000;
/** How long one that says it is ready may go on refusing a request, ms. */
const REFUSING = 30 * 60_000;
/** Busy, or a proxy whose server is away. */
const comesBack: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export interface Patience {
  /** Did the server answer before? One that never did is a wrong address. */
  readonly reached: boolean;
  /** Told once why there is no progress, and once that it goes on. */
  readonly tell: (line: string) => void;
  /** Between two tries, unless the server asks for more, ms. */
  readonly pause?: number;
}

/**
 * Sends a request until it is answered: as long as the server comes back, or says at `/readyz` that it is there.
 * @returns the last answer, which may be a refusal. @throws Failure when nothing answers.
 */
export async function patiently(
  url: string,
  init: RequestInit,
  { reached, tell, pause = 1000 }: Patience,
): Promise<Response> {
  const { origin } = new URL(url);
  const begun = performance.now();
  let alive = begun;
  let waiting = false;
  const wait = async (why: string, ms: number) => {
    if (!waiting) tell(`${why}; trying again.`);
    waiting = true;
    await sleep(ms);
  };
  for (;;) {
    try {
      const answer = await fetch(url, init);
      const now = performance.now();
      if (!comesBack.has(answer.status) || now - alive > AWAY || now - begun > REFUSING) {
        if (waiting) tell(`${origin} answers again.`);
        return answer;
      }
      await answer.body?.cancel();
      const state = await stateOf(origin);
      if (state === 'ready') alive = performance.now();
      const seconds = Number(answer.headers.get('retry-after')) || 0;
      await wait(`${origin} answers ${answer.status} (${state})`, Math.max(pause, seconds * 1000));
    } catch (cause) {
      const why = (cause as Error).cause instanceof Error ? ((cause as Error).cause as Error).message : String(cause);
      if (!reached || performance.now() - alive > AWAY)
        throw new Failure(`Nothing answers at ${origin} (${why}). Start it with "selfsame serve" or check --url.`, 1, {
          cause,
        });
      await wait(`${origin} does not answer (${why})`, pause);
    }
  }
}

/** What the server says of itself: `ready`, or why it is not. */
async function stateOf(origin: string): Promise<string> {
  try {
    const answer = await fetch(`${origin}/readyz`);
    const { status, reason } = (await answer.json()) as { status?: string; reason?: string };
    return answer.ok ? 'ready' : [status, reason].filter(Boolean).join(': ');
  } catch {
    return 'away';
  }
}

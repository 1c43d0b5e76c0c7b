import type { ApiError } from './shapes.ts';

/** An answer that is not 2xx, or none at all (`status` 0). `message` is the server's own sentence. */
export class CallError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;

  constructor(status: number, code: string, message: string, requestId?: string) {
    super(message);
    this.name = 'CallError';
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

/** Reads one answer of the API. The session cookie goes with it. Throws {@link CallError}. */
export const get = <T>(path: string): Promise<T> => call<T>(path, {});

/** Asks one question of the API, a POST with a JSON body; `cancelAsking` ends it. Throws {@link CallError}. */
export const ask = <T>([path, question]: readonly [string, unknown]): Promise<T> =>
  cancellable((signal) => send<T>('POST', path, question, signal));

/** Reads an answer that may take as long as a question; `cancelAsking` ends it. Throws {@link CallError}. */
export const getSlowly = <T>(path: string): Promise<T> => cancellable((signal) => call<T>(path, { signal }));

const underWay = new Set<AbortController>();

async function cancellable<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  underWay.add(controller);
  try {
    return await run(controller.signal);
  } finally {
    underWay.delete(controller);
  }
}

/** Ends every question that is under way; each fails with the code `cancelled`. */
export function cancelAsking(): void {
  for (const controller of underWay) controller.abort();
}

/** Sends a change or a question as JSON; the server takes no other form from a session. Throws {@link CallError}. */
export const send = <T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body: unknown,
  signal: AbortSignal | null = null,
): Promise<T> =>
  call<T>(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal });

/** Asks a question whose answer is a file. Throws {@link CallError}. */
export async function fetchFile(path: string, body: unknown): Promise<Blob> {
  const headers = { 'content-type': 'application/json' };
  return (await answered(path, { method: 'POST', headers, body: JSON.stringify(body) })).blob();
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  const answer = await answered(path, init);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

async function answered(path: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(path, { credentials: 'same-origin', ...init }).catch(() => {
    if (init.signal?.aborted) throw new CallError(0, 'cancelled', 'You cancelled this question.');
    throw new CallError(0, 'no-answer', 'The server did not answer.');
  });
  if (answer.ok) return answer;
  const said = (await answer.json().catch(() => undefined)) as Partial<ApiError> | undefined;
  throw new CallError(
    answer.status,
    said?.error?.code ?? `http-${answer.status}`,
    said?.error?.message ?? `The server answered ${answer.status}.`,
    said?.error?.requestId,
  );
}

/** A path with its query; values that are undefined or empty are left out. */
export function pathWith(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

/** What the script uses of a browser's window; this package knows no browser. */
export interface Page {
  readonly location: { toString(): string };
  readonly document: {
    cookie: string;
    readonly head: { appendChild(script: Script): void };
    createElement(name: 'script'): Script;
  };
  readonly console: { error(...what: unknown[]): void };
  readonly setTimeout: (run: () => void, ms: number) => number;
  readonly clearTimeout: (timer: number | undefined) => void;
}

export interface Script {
  src: string;
  onerror: () => void;
  remove(): void;
}

/** Members of an answer that the script itself looks at; the page gets the whole. */
export interface Answer {
  readonly result?: boolean;
  readonly error?: { readonly type?: string; readonly code?: number; readonly description?: string };
  readonly response?: Answer;
  readonly visitor?: object;
  readonly userId?: unknown;
  readonly userStatus?: string;
  readonly id?: unknown;
  readonly sig?: string;
  readonly expiresIn?: number;
  readonly baseDomain?: string;
}

export type Handler = (...what: unknown[]) => void;

export interface Options {
  readonly client_id?: string;
  readonly server?: string;
  /** Ask the session host, and go by the cookie's usual name. Default true. */
  readonly prod?: boolean;
  /** 2.x's name for it. */
  readonly useSessionCluster?: boolean;
  readonly https?: boolean;
  readonly cookie?: boolean;
  readonly status?: boolean;
  readonly logging?: boolean;
  readonly session?: Answer;
  /** ms */
  readonly timeout?: number;
  /** ms, at least a minute. */
  readonly refresh_timeout?: number;
}

/** Named events, with how to run a callback of the page. */
export interface Events {
  subscribe(name: string, handler: Handler): void;
  unsubscribe(name: string, handler: Handler): void;
  clear(name: string): void;
  fire(name: string, ...what: unknown[]): void;
  /** A callback that throws is its page's problem, not the next one's. */
  run(handler: Handler | undefined, ...what: unknown[]): void;
}

/** Requests to the server and what `init` said of it; shared by both generations. */
export interface Talk {
  readonly options: Options;
  use(options: Options): void;
  /** Asks by a script tag, one after another; an answer that does not come is an error of type `communication`. */
  ask(url: string, query: Readonly<Record<string, unknown>>, done: (answer: Answer) => void): void;
  /** What the answer script calls. */
  response(id: string, answer: Answer): void;
  /** `https://server/` */
  server(): string;
  /** Where the session is asked first, and where somebody remembered is logged in again. */
  session(): string;
  core(): string;
  readonly isProduction: boolean;
}

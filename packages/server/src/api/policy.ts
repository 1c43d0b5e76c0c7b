import type { Json } from '@selfsame/identity';

/** `POST /v1/scenarios`: a scenario as `selfsame test` reads it. */
export interface ScenarioAnswer {
  readonly name: string;
  readonly policy: Readonly<Record<string, unknown>>;
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly expect: {
    readonly people: readonly (readonly string[])[];
    readonly apart: readonly (readonly [string, string])[];
    readonly owners: readonly { readonly identifier: string; readonly at: string; readonly person: string | null }[];
  };
}

/** `GET /v1/policy/history`: which policy a project had since when, newest first. */
export interface PolicyHistoryAnswer {
  /** Whose word holds: the settings file's, or what was chosen in the console or by `PUT /v1/policy` since. */
  readonly ruledBy: 'settings-file' | 'console';
  readonly entries: readonly {
    /** 1, 2, …; `POST /v1/policy/history/{number}/restore` goes back to it. */
    readonly number: number;
    readonly at: string;
    /** `operator` in the console, `server key`, or `settings file` where a start brought another. */
    readonly by: string;
    readonly reason: string | null;
    /** The entry that was gone back to. */
    readonly back: number | null;
    /** What was different from the policy before, by the path of its field: `directory.strategy`. Null: not there. */
    readonly changes: readonly { readonly field: string; readonly before: Json; readonly after: Json }[];
    readonly isInForce: boolean;
    /** Going back there folds nothing, or only what came since it was left. */
    readonly isQuick: boolean;
    readonly policy: Readonly<Record<string, Json>>;
  }[];
}

/** `GET /v1/unsigned`: what identity mode `enforce` would not believe, by wire and day, the latest day first. */
export interface UnsignedAnswer {
  /** Only `report` counts; `open` believes, and `enforce` does not. */
  readonly mode: 'open' | 'report' | 'enforce';
  /** When counting began in this data directory. */
  readonly since: string;
  readonly rows: readonly {
    /** UTC. */
    readonly day: string;
    readonly wire: string;
    readonly items: number;
    readonly last: string;
  }[];
}

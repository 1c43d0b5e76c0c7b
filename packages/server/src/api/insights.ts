/**
 * `POST /v1/insights/{funnel|attribution|retention|counts}`: body is the question of `@selfsame/store`'s columns.ts
 * (FunnelQuestion …) with times as ISO 8601 or ms and an optional `asOf` log position; the answer is its answer.
 */
export type Insight = 'funnel' | 'attribution' | 'retention' | 'counts' | 'days';

/** `GET /v1/insights/progress`: positions of the project’s log; a question is answered when `through` has come to `last`. */
export interface ProgressAnswer {
  readonly through: number;
  readonly last: number;
}

/** A question of the console with a name, for everybody who works in the project. */
export interface SavedQuestion {
  readonly id: string;
  readonly name: string;
  /** A room with its choices, as the console's address has them below the project: `/funnel?step=…`. */
  readonly address: string;
  /** When it was saved. */
  readonly at: string;
}

/** `GET /v1/questions`, oldest first */
export interface SavedQuestionsAnswer {
  readonly questions: readonly SavedQuestion[];
}

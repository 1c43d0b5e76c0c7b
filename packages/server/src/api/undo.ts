/** `POST /v1/pins`: whose an identifier is from now on, by an operator's word; or what that would change. */
export type PinAnswer =
  | ({ readonly dryRun: true } & UndoPreview)
  | {
      /** Taking this claim back unpins it. */
      readonly claim: string;
      readonly identifier: { readonly kind: string; readonly value: string };
      readonly person: { readonly kind: string; readonly value: string } | null;
      readonly reason: string;
      readonly at: string;
      readonly by: string;
    };

/** `GET /v1/claims/{id}`: evidence, and what the policy makes of it now. */
export interface ClaimView {
  readonly id: string;
  /** `link`: the identifier belongs to the owner · `merge`: the two are one person. */
  readonly type: 'link' | 'merge';
  readonly identifier: { readonly kind: string; readonly value: string };
  /** Null: the identifier was left (a logout). */
  readonly owner: { readonly kind: string; readonly value: string } | null;
  /** When it happened. */
  readonly time: string;
  /** When it arrived. */
  readonly at: string;
  readonly source: string;
  readonly trust: 0 | 1 | 2 | 3;
  readonly insertId: string | null;
  /** The command that said it: `Track`, `Identify`, `Merge` … */
  readonly item: string;
  readonly stands: boolean;
  /** The rule that made the link, or refused it. */
  readonly rule: string;
  /** Why it does not stand. */
  readonly reason: string | null;
  /** Who took it back or put it back, oldest first. */
  readonly history: readonly UndoEvent[];
}

/** Something that was told was taken back, or put back; or it was an operator who said it. */
export interface UndoEvent {
  readonly what: 'retract' | 'restore' | 'pin';
  readonly reason: string;
  readonly at: string;
  readonly by: string;
}

/** What taking back, or putting back, would change. Nulls of times: no event would. */
export interface UndoPreview {
  readonly people: { readonly split: readonly string[]; readonly joined: readonly string[] };
  /** Identifiers that would be another person's, that nobody would name any more, and that would be there again. */
  readonly identifiers: { readonly moved: number; readonly gone: number; readonly back: number };
  readonly events: {
    /** Events that would be another person's. */
    readonly moved: number;
    /** Events that would be no more. */
    readonly gone: number;
    /** Events that would be there again. */
    readonly back: number;
    readonly first: string | null;
    readonly last: string | null;
  };
  readonly traits: readonly {
    readonly personId: string;
    readonly name: string;
    readonly before: unknown;
    readonly after: unknown;
  }[];
  readonly segments: readonly { readonly personId: string; readonly segment: string; readonly enters: boolean }[];
  readonly consent: readonly { readonly personId: string; readonly before: string; readonly after: string }[];
  /** Of a dry run with `questions`: the id of the simulation (`GET /v1/policy/simulations/{id}`) that answers them today and then. */
  readonly simulation?: string;
}

/** `POST /v1/claims/{id}/retract` and `/restore` */
export type UndoAnswer =
  | {
      readonly id: string;
      readonly stands: boolean;
      readonly reason: string;
      readonly at: string | null;
      readonly by: string | null;
      /** Of the entry of the log that said so last: `POST /v1/retractions/{position}/restore` puts back what it took back. */
      readonly position: number | null;
    }
  | ({ readonly id: string; readonly dryRun: true } & UndoPreview);

/** How much of the log is taken back or put back. */
interface UndoneCount {
  /** Entries that it takes back or puts back. */
  readonly entries: number;
  /** Of all that was meant, how many entries another undo holds: they were taken back already, or stay so. */
  readonly held: number;
}

/** `POST /v1/retractions` and `/v1/retractions/{position}/restore` */
export type UndoneAnswer =
  | (UndoneCount & UndoEvent & { readonly position: number; readonly of: number | null })
  | (UndoneCount & { readonly dryRun: true; readonly of: number | null } & UndoPreview);

/** `GET /v1/retractions` */
export interface RetractionsAnswer {
  readonly retractions: readonly (UndoEvent & {
    readonly position: number;
    readonly entries: number;
    /** Of what was taken back, how many entries it holds still: all, until something is put back. */
    readonly holds: number;
    /** Of what was put back: the position of what had taken it back, where that was named. */
    readonly of: number | null;
  })[];
}

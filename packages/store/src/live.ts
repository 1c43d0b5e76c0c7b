import type { Entry, Instant, ProjectId, Verdict } from '@selfsame/identity';

/** What came with an item that was refused, for the operator to look at; never kept in the log. */
export interface Sent {
  /** The wire's path of the request: the call. */
  readonly path: string;
  /** The beginning of its body. */
  readonly body: string;
}

/** What happened to one item, for whoever watches. `logged`: it has a position in the log. */
export type Outcome =
  | { readonly type: 'decided'; readonly entry: Entry; readonly verdict: Verdict; readonly logged: boolean }
  | {
      readonly type: 'refused';
      readonly project?: ProjectId;
      readonly wire: string;
      readonly at: Instant;
      readonly reason: string;
      readonly sent?: Sent;
    };

/** A place among what happened in a project lately: whoever reads later gets greater ones, also after a restart. */
export type Moment = number;

/** What comes in and what goes out; neither takes the other's room. */
export type Stream = 'in' | 'out';

/** Something that happened, and when among all that did. Of items that are large only an outline. */
export type Happened = { readonly moment: Moment } & (
  | { readonly type: 'item'; readonly outcome: Outcome }
  | { readonly type: 'notice'; readonly stream: Stream; readonly notice: object }
);

/** So many items of a project of which the same can be said, whichever process they came to. */
export interface Sum {
  readonly project: ProjectId;
  /** The kind of sum, then what tells it from others of its kind. */
  readonly name: readonly [kind: string, ...rest: string[]];
  readonly items: number;
  /** When the last of them came, ms. */
  readonly last: Instant;
}

/** Called when something may have happened in a stream of a project. */
export type Wake = (project: ProjectId, stream: Stream) => void;

/**
 * What happened in each project lately, whichever process did it: what has an entry is read from the log, what leaves none
 * (refused, repeated, suppressed; requests that were turned away; what became of messages that go out) stands beside it.
 * Of each project and stream the last thousand, not synced: a crash may lose them, and nothing else hangs on them.
 */
export interface LivePlace {
  /**
   * What happened in a project after a moment, oldest first, in the order in which it was decided; of each stream the last
   * `most`. All as it is at one moment: nothing that is read later comes before it.
   */
  after(project: ProjectId, moment: Moment, streams: readonly Stream[], most: number): Promise<readonly Happened[]>;
  /** Puts in what is no item, a JSON object. `at`: the server's clock, ms. */
  tell(project: ProjectId, stream: Stream, notice: object, at: Instant): Promise<void>;
  /** Adds to what is counted since the place began; of each project and kind the first five hundred names. */
  count(sums: readonly Sum[]): Promise<void>;
  /** What all processes counted of a kind, of one project or of all. */
  counted(kind: string, project?: ProjectId): Promise<readonly Sum[]>;
  /**
   * A wake-up and nothing more: something of a project may have happened and can be read, in the log or here, whichever
   * process did it. Who follows has a cursor of its own. Answers how to stop.
   */
  watch(wake: Wake): () => void;
}

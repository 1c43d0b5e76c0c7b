import type { IdentifierKey, Instant, Json, Position, ProjectId } from '@selfsame/identity';
import type { Suspicion } from './suspicion.ts';

/**
 * The columns: a disposable projection of the log for questions over whole people. They are fed from the truth, each
 * project by a cursor of its own, and can be thrown away and rebuilt: a project that is behind, is folded anew or cannot
 * be read holds up no other, and those that are fed at once take turns. Ownership is joined when a question is asked: an event keeps the number of
 * the identifier it hangs on, and `ownership` says which person had that identifier at the event's time.
 *
 * In every question: hidden events do not exist; an event of nobody belongs to no person, so it counts as an event and
 * never as a person, a step or a touch; events are ordered by time, those of one time by position. A question asked in
 * a form that has no answer (no steps, an unknown interval, a condition without its value) throws RangeError.
 */
export interface Columns {
  /** Feeds everything the truth has committed of a project so far; questions call it themselves. */
  catchUp(project: ProjectId): Promise<void>;
  /** Events of these spans of identifiers, newest first, hidden ones left out. */
  timeline(project: ProjectId, spans: readonly Spans[], page: Page): Promise<TimelinePage>;
  eventsByInsertId(project: ProjectId, insertId: string): Promise<readonly EventRow[]>;
  /** How much there is. Alone among the questions it does not wait for much to be fed: it says how far that is. */
  overview(project: ProjectId): Promise<Overview>;
  /** How far the columns of a project reach, for whoever waits for an answer. Feeds nothing and waits for nothing. */
  progress(project: ProjectId): Promise<Progress>;
  /** Event names with how often they occur, most frequent first; for pickers. */
  eventNames(project: ProjectId, limit: number): Promise<readonly { readonly name: string; readonly count: number }[]>;
  /** Property names seen on events (of one name, if given), for pickers. */
  propertyNames(project: ProjectId, event: string | undefined, limit: number): Promise<readonly string[]>;
  funnel(project: ProjectId, question: FunnelQuestion): Promise<FunnelAnswer>;
  attribution(project: ProjectId, question: AttributionQuestion): Promise<AttributionAnswer>;
  retention(project: ProjectId, question: RetentionQuestion): Promise<RetentionAnswer>;
  counts(project: ProjectId, question: CountsQuestion): Promise<CountsAnswer>;
  /** Some of the people behind a figure of an answer, the latest first. */
  funnelPeople(project: ProjectId, question: FunnelPeopleQuestion): Promise<PeopleBehind>;
  attributionPeople(project: ProjectId, question: AttributionPeopleQuestion): Promise<PeopleBehind>;
  retentionPeople(project: ProjectId, question: RetentionPeopleQuestion): Promise<PeopleBehind>;
  countsPeople(project: ProjectId, question: CountsPeopleQuestion): Promise<PeopleBehind>;
  /** Who there is, a page of them. */
  people(project: ProjectId, question: PeopleQuestion): Promise<PeopleAnswer>;
  /** What is known of those whom nobody named, by the number of an identifier of theirs. */
  firstWords(project: ProjectId, nodes: readonly NodeNumber[]): Promise<ReadonlyMap<NodeNumber, FirstWords>>;
  /** What people can be told apart by, for pickers, each with how many people have it; the most frequent first. */
  peopleNames(project: ProjectId, limit: number): Promise<PeopleNames>;
  /** Identifiers and people whose joins may be mistakes, at most `limit` of each sort, the worst first. */
  suspects(project: ProjectId, limit: number): Promise<Suspects>;
  /** How many visible events hang on each of some identifiers; none is left out. */
  eventCounts(project: ProjectId, nodes: readonly NodeNumber[]): Promise<ReadonlyMap<NodeNumber, number>>;
  /** How many people did anything on each day. */
  days(project: ProjectId, question: DaysQuestion): Promise<DaysAnswer>;
  close(): Promise<void>;
}

/** What is fed of a project and what there is, as positions of its log. */
export interface Progress {
  /** The position that its columns reach. */
  readonly through: Position;
  /** The last one of its log. */
  readonly last: Position;
}

/** What the columns hold of a project; what lies between `through` and `last` is being fed. */
export interface Overview extends Progress {
  /** Visible events. */
  readonly events: number;
  /** People who are known, or own at least one visible event or trait. */
  readonly people: number;
}

/**
 * An identifier during stretches of time, `from` inclusive, `to` exclusive, ms; infinities are open. Several may have one
 * list in common, which is told once.
 */
export interface Spans {
  readonly node: NodeNumber;
  readonly stretches: readonly { readonly from: Instant; readonly to: Instant }[];
}

/** A small integer the store gives each identifier of a project once, as long as the feed's epoch is the same. */
export type NodeNumber = number;

/** One event of the log as the columns keep it. */
export interface EventRow {
  readonly position: Position;
  readonly project: ProjectId;
  readonly name: string;
  readonly time: Instant;
  readonly insertId: string | null;
  readonly anchor: IdentifierKey | null;
  /** The anchor's number; null when nobody owns the event. */
  readonly node: NodeNumber | null;
  /** What it was done on ([A4]), whoever it belongs to; null when it says nothing of a device. */
  readonly device: IdentifierKey | null;
  readonly wire: string;
  readonly hidden: boolean;
  readonly properties: Readonly<Record<string, Json>>;
  /** An earlier position this row takes the place of ([D2]). */
  readonly replaces?: Position;
}

/** Who owns one identifier, as it now is: replaces whatever was said of this node before. */
export interface OwnershipChange {
  /** Cursor of the project's feed: grows by one a change. */
  readonly change: number;
  readonly node: NodeNumber;
  readonly key: IdentifierKey;
  /** `person` is the number of the identifier the person is named after. No stretch: the node is gone. */
  readonly stretches: readonly {
    readonly from: Instant | null;
    readonly to: Instant | null;
    readonly person: NodeNumber;
  }[];
  /** How it came to whom it belongs; absent where nothing was ever said of that. */
  readonly suspicion?: Suspicion;
  /** Given when this node names a person: is it known, its folded traits and its segments. Null when it names nobody (any more). */
  readonly person: {
    readonly known: boolean;
    readonly traits: Readonly<Record<string, Json>>;
    readonly segments: readonly string[];
  } | null;
}

/**
 * What the truth offers the columns of one project. Both are read in order from a cursor the columns keep beside their
 * data. It says nothing of other projects, and nothing that becomes of them moves its cursor.
 */
export interface ColumnFeed {
  /**
   * The last position and change of the project that are committed; the feed below reaches exactly this far. `epoch`
   * changes when its graph was folded anew under another policy: what was fed before is then void. Asking writes nothing.
   * `since`: the position up to which the asker was fed; without it nothing is pending.
   */
  head(since?: Position): Promise<FeedHead>;
  /**
   * Applied events after a position and up to another (and their replacements), of at most `limit` entries, and fewer
   * where they are far apart. It has read up to `through`.
   */
  events(after: Position, last: Position, limit: number): Promise<EventPage & { readonly through: Position }>;
  /** Who owns what after a change: at most `limit` changes, and fewer where more would take long; some where there are any. */
  ownership(after: number, limit: number): Promise<readonly OwnershipChange[]>;
}

export interface EventPage {
  readonly rows: readonly EventRow[];
  /** Events that are to be taken out before the rows come in: they were taken back, or are among the rows as they are now. */
  readonly gone: readonly Position[];
}

export interface FeedHead {
  readonly epoch: string;
  readonly position: Position;
  readonly change: number;
  /**
   * Who may have changed hands after `since` and is not among the changes up to `change` yet; they come there later.
   * To be taken after those.
   */
  pending(): AsyncIterable<readonly OwnershipChange[]>;
}

export interface Page {
  readonly limit: number;
  /** `next` of the page before. */
  readonly before?: string;
}

export interface TimelinePage {
  readonly events: readonly EventRow[];
  /** Pass as `before` for the next page; null at the end. */
  readonly next: string | null;
}

/**
 * Which events count: name, then conditions on properties, all of which must hold.
 *
 * A property is compared as text: a string as it is, a number, boolean, list or object as JSON writes it; one that is
 * absent or null has none. Where the condition's value reads as a number (`5`, "5.0"), numbers are compared as numbers,
 * so 5 and "5.0" are equal; otherwise texts are compared by code point. `contains` heeds case. `ne` holds where `eq`
 * does not, so also for an event without the property; every other comparison fails there.
 */
export interface EventFilter {
  readonly event: string;
  readonly where?: readonly Condition[];
}

export interface Condition {
  readonly property: string;
  readonly op: 'eq' | 'ne' | 'contains' | 'gt' | 'gte' | 'lt' | 'lte' | 'set' | 'not-set';
  readonly value?: string | number | boolean;
}

/** A breakdown shows the fifty most frequent values and leaves the others out. */
export type Breakdown = { readonly property: string } | { readonly trait: string };

/** An IANA name such as `Europe/Berlin`. */
export type TimeZone = string;

/** Whom a question is about: all of it must hold, now. */
export interface Who {
  readonly known?: boolean;
  /** On traits, compared as properties are. */
  readonly traits?: readonly Condition[];
  /** In all of these. */
  readonly segments?: readonly string[];
  /** Has, or had, an identifier of each of these kinds. */
  readonly kinds?: readonly string[];
}

/** In every question. */
export interface Asked extends Range {
  /** Only what these people did; with `perIdentifier` it is still theirs. */
  readonly who?: Who;
  /** Whose days, weeks and months the answer is cut into. Default UTC. */
  readonly timeZone?: TimeZone;
  /**
   * Leave the ownership join out and take what each event was done on for a person: its own device ([A4]), or where it
   * names none the identifier it hangs on. It is what the answer would be without identity. Traits are people's, so a
   * breakdown by one finds none then.
   */
  readonly perIdentifier?: boolean;
}

/** ms; `from` inclusive, `to` exclusive. Bounds what a question starts from: the first step, the conversion, the first event. */
export interface Range {
  readonly from?: Instant;
  readonly to?: Instant;
}

/**
 * A person counts once, under the furthest step they reached. A step is reached by its event after (time, then
 * position) an event that reached the step before, within the window of the first step. Its time is measured at the
 * person's first arrival there, from the latest first step that leads to it.
 */
export interface FunnelQuestion extends Asked {
  readonly steps: readonly EventFilter[];
  /** From the first step to the last, ms. Default 30 days. */
  readonly window?: number;
  /** By a property of the first step's event (the one that led furthest), or a trait of the person as it is now. */
  readonly breakdown?: Breakdown;
}

export interface FunnelStep {
  readonly event: string;
  readonly people: number;
  /** Share of the first step's people, 0…1. */
  readonly conversion: number;
  /** Share of the step before, 0…1. */
  readonly fromPrevious: number;
  /** ms from the first step; null when nobody got here. */
  readonly medianTime: number | null;
  readonly averageTime: number | null;
}

export interface FunnelAnswer {
  readonly steps: readonly FunnelStep[];
  readonly breakdown?: readonly { readonly value: string | null; readonly steps: readonly FunnelStep[] }[];
}

/** One row of a breakdown; null: those without a value. */
export interface Split {
  readonly by: Breakdown;
  readonly value: string | null;
}

/** A question about the people behind a figure of another question's answer, or of one row of its breakdown. */
type Behind<Question> = Omit<Question, 'breakdown' | 'perIdentifier'> & {
  readonly split?: Split;
  readonly limit: number;
};

export interface PeopleBehind {
  /** Whose event it was: who owned `anchor` at `time`, ms. */
  readonly rows: readonly { readonly anchor: IdentifierKey; readonly time: Instant }[];
}

/** `reached`: everybody who got to the step (1 is the first) · `dropped`: who got there and not to the next. */
export interface FunnelPeopleQuestion extends Behind<FunnelQuestion> {
  readonly step: number;
  readonly part: 'reached' | 'dropped';
}

export type AttributionModel = 'first-touch' | 'last-touch' | 'linear';

/**
 * A touch is an event of the same person that has the property `by`, at or before the conversion (which may be its own
 * touch) and no older than the look-back. `linear` gives each touch an equal share. What does not read as a number is
 * no revenue. An answer lists at most a thousand touches, those with most conversions first.
 */
export interface AttributionQuestion extends Asked {
  readonly conversion: EventFilter;
  /** The number to share out; absent: count conversions. */
  readonly revenueProperty?: string;
  readonly model: AttributionModel;
  /** How long before the conversion a touch counts, ms. Default 30 days. */
  readonly lookBack?: number;
  /** The property of a touch to report by: `utm_campaign` (default), `utm_source`, `utm_medium`, `utm_term`, `utm_content`, or a click id such as `gclid`. */
  readonly by?: string;
  /** By a property of the conversion, or a trait of the person as it is now. */
  readonly breakdown?: Breakdown;
}

export interface Earned {
  readonly conversions: number;
  readonly revenue: number;
  readonly people: number;
}

interface EarnedByTouch {
  /** `touch` is null for conversions with no touch in the look-back. */
  readonly rows: readonly (Earned & { readonly touch: string | null })[];
  readonly total: Earned;
}

export interface AttributionAnswer extends EarnedByTouch {
  readonly breakdown?: readonly (EarnedByTouch & { readonly value: string | null })[];
}

/**
 * `converted`: whose conversion is credited to the touch, wholly or in part · `dropped`: who had the touch in the range
 * and did not convert in it, whatever the look-back; of no touch (null) nobody.
 */
export interface AttributionPeopleQuestion extends Behind<Omit<AttributionQuestion, 'revenueProperty'>> {
  readonly touch: string | null;
  readonly part: 'converted' | 'dropped';
}

export type Interval = 'hour' | 'day' | 'week' | 'month';

/**
 * A person's cohort is the interval of their first matching event in the range; they come back by a `returning` event
 * after it, also beyond the range's end. Weeks begin on Monday.
 */
export interface RetentionQuestion extends Asked {
  readonly first: EventFilter;
  readonly returning: EventFilter;
  readonly interval: Interval;
  /** How many intervals to follow, the cohort's own included: the length of `returned`. Default 8, at most 366. */
  readonly intervals?: number;
  /** By a property of the person's first event, or a trait of theirs as it is now. */
  readonly breakdown?: Breakdown;
}

interface Cohorts {
  /** `cohort` is the start of the interval, ms; `returned[n]` people who came back in interval n (0 is the same one). */
  readonly rows: readonly { readonly cohort: Instant; readonly people: number; readonly returned: readonly number[] }[];
}

export interface RetentionAnswer extends Cohorts {
  readonly breakdown?: readonly (Cohorts & { readonly value: string | null })[];
}

/** `began`: the whole cohort · `returned`: who came back in interval `n` · `dropped`: who did not. */
export interface RetentionPeopleQuestion extends Behind<Omit<RetentionQuestion, 'intervals'>> {
  readonly cohort: Instant;
  readonly part: 'began' | 'returned' | 'dropped';
  /** Default 0. */
  readonly n?: number;
}

/** Intervals without events have no row. */
export interface CountsQuestion extends Asked {
  readonly events: readonly EventFilter[];
  readonly interval: Interval;
  readonly breakdown?: Breakdown;
}

export interface CountsAnswer {
  readonly rows: readonly {
    readonly start: Instant;
    readonly event: string;
    readonly value?: string | null;
    readonly events: number;
    readonly people: number;
  }[];
  /** Over the whole range, for each event asked about, in the order of the question. */
  readonly totals: readonly { readonly event: string; readonly events: number; readonly people: number }[];
}

/** Who did it in the range: an interval of an answer, or all of it. */
export interface CountsPeopleQuestion extends Behind<Omit<CountsQuestion, 'events' | 'interval' | 'timeZone'>> {
  readonly event: EventFilter;
}

/** Days without visible events have no row. */
export type DaysQuestion = Range & Pick<Asked, 'timeZone'>;

export interface DaysAnswer {
  readonly rows: readonly {
    /** The day's first moment, ms. */
    readonly start: Instant;
    readonly events: number;
    readonly people: number;
    /** Those of them who are known by now. */
    readonly known: number;
  }[];
}

/**
 * Everybody who is known, or did something visible, or has traits. `text` is the beginning of an identifier (also
 * `kind:value`) or of a word of a name, or a part of an e-mail address; case and accents do not matter.
 */
export interface PeopleQuestion {
  readonly who?: Who;
  readonly text?: string;
  /** Who has, or had, this identifier; with `at`, ms: who had it then. */
  readonly identifier?: { readonly key: IdentifierKey; readonly at?: Instant };
  /** When they did something last, ms: `from` inclusive, `to` exclusive. */
  readonly active?: Range;
  readonly sort: PeopleSort;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
}

export type PeopleSort = 'last-active' | 'first-active' | 'events' | 'name';

export interface PeopleAnswer {
  /** How many there are on all pages; 0 beyond the last page. */
  readonly total: number;
  readonly rows: readonly PeopleRow[];
}

export interface PeopleRow {
  /** The identifier the person is named after; null for a visit, which is whoever owned `anchor` at `lastActive`. */
  readonly founder: IdentifierKey | null;
  readonly anchor: IdentifierKey | null;
  /** Visible events. */
  readonly events: number;
  /** Of their visible events, ms; null when they did nothing. */
  readonly firstActive: Instant | null;
  readonly lastActive: Instant | null;
}

export interface Suspects {
  /** Values that several known people were said to have, or that were merged with several. */
  readonly shared: readonly ({ readonly key: IdentifierKey } & Pick<
    Suspicion,
    'claimed' | 'peak' | 'peakDay' | 'merged' | 'isQuarantined'
  >)[];
  /** Values with a long life of their own that one weak word joined to somebody. */
  readonly weak: readonly {
    readonly key: IdentifierKey;
    readonly node: NodeNumber;
    readonly linked: Instant;
    readonly alone: number;
  }[];
  /** People who got many identifiers on one day (its first moment, ms, UTC), by the identifier they are named after. */
  readonly grown: readonly { readonly key: IdentifierKey; readonly day: Instant; readonly identifiers: number }[];
}

/** What the first events that say it tell of who came. */
export interface FirstWords {
  readonly browser: string | null;
  readonly system: string | null;
  readonly campaign: string | null;
}

interface NameCount {
  readonly name: string;
  readonly count: number;
}

export interface PeopleNames {
  readonly traits: readonly NameCount[];
  readonly segments: readonly NameCount[];
  readonly kinds: readonly NameCount[];
}

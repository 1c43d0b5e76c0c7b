/**
 * The shapes of the native API under `/v1`: what the server answers and what its clients (console, CLI) read.
 * Times are ISO 8601 unless a name ends in `Ms`. Types only.
 */
import type { Json } from '@selfsame/identity';
import type { Rule } from '@selfsame/outputs';
import type { AttributionAnswer, CountsAnswer, FunnelAnswer, RetentionAnswer } from '@selfsame/store';

export type { Rule };

export type Status = 'applied' | 'duplicate' | 'rejected' | 'quarantined' | 'suppressed';

export interface ApiError {
  readonly error: { readonly code: string; readonly message: string; readonly requestId: string };
}

/** `POST /v1/batch` */
export interface BatchAnswer {
  readonly results: readonly { readonly status: Status; readonly reason?: string; readonly personId?: string | null }[];
}

/** `GET /v1/people?kind=&value=[&at=][&asOf=]`, `GET /v1/people/{id}` */
export interface PersonView {
  readonly id: string;
  readonly known: boolean;
  /** One entry per identifier and stretch, a thousand at most; `GET /v1/people/{id}/identifiers` has the others. */
  readonly identifiers: readonly IdentifierView[];
  /** How many entries there are. */
  readonly identifierCount: number;
  /** A thousand at most, of about 256 KB; `GET /v1/people/{id}/traits` has the others. */
  readonly traits: Readonly<Record<string, Json>>;
  /** How many traits there are. */
  readonly traitCount: number;
  /** Who said the value each trait has now. */
  readonly traitSources: Readonly<
    Record<string, { readonly wire: string; readonly trust: 0 | 1 | 2 | 3; readonly time: string | null }>
  >;
  /** A thousand at most, of about 256 KB; `GET /v1/people/{id}/segments` has the others. */
  readonly segments: readonly string[];
  readonly segmentCount: number;
  /** What was said of consent for each purpose (mParticle: `gdpr.analytics`); absent when nothing was. */
  readonly purposes?: Readonly<Record<string, Json>>;
  /** `purposes` in words, by name. */
  readonly consentByPurpose?: readonly PurposeView[];
  readonly consent: 'not-asked' | 'granted' | 'denied';
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** A thousand at most; all of them lead here. `GET /v1/people/{id}/former-ids` has the others. */
  readonly formerIds: readonly string[];
  readonly formerIdCount: number;
  /** The profiles of the directory (mParticle) this person has; absent when there is none. */
  readonly profiles?: readonly ProfileView[];
}

/** An identifier of a person during a stretch; `to` null: it holds now; `from` null: since ever. */
export interface IdentifierView {
  readonly kind: string;
  readonly value: string;
  readonly from: string | null;
  readonly to: string | null;
  /** The claim behind the link; null for the identifier the person is named after. */
  readonly claim: string | null;
  /** The rule of SPEC.md that made the link. */
  readonly rule?: string;
}

/** `GET /v1/people/{id}/identifiers?limit=&offset=`, in the order of the person's own list */
export interface IdentifiersAnswer {
  readonly identifiers: readonly IdentifierView[];
  /** The `offset` of the next page; null at the end. */
  readonly next: number | null;
}

/** `GET /v1/people/{id}/traits?limit=&offset=`, in the order in which they were first said */
export interface TraitsAnswer {
  readonly traits: readonly TraitView[];
  /** The `offset` of the next page; null at the end. A page may be shorter than its limit, of large values. */
  readonly next: number | null;
}

export interface TraitView {
  readonly name: string;
  readonly value: Json;
  readonly wire: string;
  readonly trust: 0 | 1 | 2 | 3;
  readonly time: string | null;
}

/** `GET /v1/people/{id}/segments?limit=&offset=` */
export interface SegmentsAnswer {
  readonly segments: readonly string[];
  readonly next: number | null;
}

/** `GET /v1/people/{id}/former-ids?limit=&offset=` */
export interface FormerIdsAnswer {
  readonly formerIds: readonly string[];
  readonly next: number | null;
}

/** `GET /v1/people/{id}/shared`: who else had this person's devices, and when; the latest first. */
export interface SharedAnswer {
  readonly devices: readonly {
    readonly kind: string;
    readonly value: string;
    /** Stretches of others, twenty at most. */
    readonly others: readonly {
      readonly from: string | null;
      readonly to: string | null;
      readonly person: { readonly id: string; readonly name: string; readonly known: boolean };
    }[];
    readonly otherCount: number;
  }[];
}

/** `GET /v1/devices?kind=&value=[&asOf=]`: one identifier through time, the latest of each list, oldest first. */
export interface DeviceView {
  readonly kind: string;
  readonly value: string;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** How many people had it, visits left out. */
  readonly owners: number;
  readonly stretches: readonly {
    readonly from: string | null;
    readonly to: string | null;
    readonly person: { readonly id: string; readonly name: string; readonly known: boolean };
    /** Nobody’s login reaches it: a visit, which is a person of its own ([L7c]). */
    readonly isVisit: boolean;
    readonly claim: string | null;
    readonly rule: string;
    /** Why its beginning is whose it is: `theirs, because they logged in four minutes later`. */
    readonly because: string;
  }[];
  readonly stretchCount: number;
  /** What was said of whose it is. */
  readonly words: readonly {
    readonly what: 'login' | 'logout' | 'merge';
    readonly claim: string;
    readonly time: string;
    /** The same was said again and again since then. */
    readonly since: string | null;
    /** Whom it was said to belong to, or be merged with; null: it was left. */
    readonly with: { readonly kind: string; readonly value: string } | null;
    readonly source: string;
    readonly trust: 0 | 1 | 2 | 3;
    readonly stands: boolean;
    /** The rule that refused it, and why; null where it stands. */
    readonly rule: string | null;
    readonly reason: string | null;
  }[];
  readonly wordCount: number;
  /** When it was not seen for longer than a login reaches. */
  readonly silences: readonly { readonly from: string | null; readonly to: string | null }[];
}

/** `GET /v1/suspicious`: joins that may be mistakes, the worst first. */
export interface SuspiciousAnswer {
  readonly rows: readonly SuspiciousRow[];
}

export interface SuspiciousRow {
  /**
   * `shared-value`: several known people were said to have it · `merged-value`: it was merged with several ·
   * `weak-join`: one weak word joins two rich histories · `sudden-growth`: a person who got many identifiers on one day.
   */
  readonly what: 'shared-value' | 'merged-value' | 'weak-join' | 'sudden-growth';
  /** The breaker believes it for nobody until the project trusts it ([K5], [K6]). */
  readonly isQuarantined: boolean;
  readonly identifier: { readonly kind: string; readonly value: string };
  /** Whose it is now. */
  readonly person: { readonly id: string; readonly name: string; readonly known: boolean } | null;
  /** People (or identifiers, of a growth) it reaches: the blast radius. */
  readonly reach: number;
  /** The busiest day, and how many on it. */
  readonly peak: { readonly day: string; readonly count: number } | null;
  /** Events that hang on it, and on the others of its person. */
  readonly events: { readonly own: number; readonly others: number };
  /** How bad it looks; comparable within one answer. */
  readonly score: number;
  /** The words behind it, five at most. */
  readonly evidence: readonly {
    readonly claim: string;
    readonly time: string;
    readonly source: string;
    readonly trust: 0 | 1 | 2 | 3;
    readonly with: { readonly kind: string; readonly value: string };
  }[];
  /**
   * What to take back: a claim (`POST /v1/claims/{id}/retract`); all that named the identifier (`POST /v1/retractions`); all
   * that joined a value with others; or of one that is quarantined the claims that the breaker counted. These two
   * `GET /v1/suspicious/cure` names, the former with `all`.
   */
  readonly cure:
    | { readonly claim: string }
    | { readonly identifier: string }
    | { readonly joined: string }
    | { readonly quarantined: string };
}

/** `GET /v1/suspicious/cure`: the claims of a value that joined whom they should not; `POST /v1/retractions` takes them. */
export interface CureAnswer {
  readonly identifier: { readonly kind: string; readonly value: string };
  /** In the order of the log. */
  readonly claims: readonly string[];
}

/** `GET /v1/quarantine`: items that the rules failed on ([Q1]), oldest first. */
export interface QuarantineAnswer {
  readonly items: readonly QuarantinedItem[];
  /** All that wait, and all that were replayed. */
  readonly waiting: number;
  readonly replayed: number;
  /** The `after` of the next page. */
  readonly next: number | null;
}

export interface QuarantinedItem {
  /** In the log. */
  readonly position: number;
  readonly at: string;
  readonly time: string;
  readonly wire: string;
  readonly trust: 0 | 1 | 2 | 3;
  readonly type: string;
  /** Of an event. */
  readonly name: string | null;
  readonly insertId: string | null;
  readonly rule: string;
  readonly reason: string;
  /** What the rules failed with, and where in our code: `TypeError at deciding/merge.ts:41`. */
  readonly failure: string | null;
}

/** `POST /v1/quarantine/replay`: how many had their effect, and why others stay ([Q2]). */
export interface ReplayedAnswer {
  readonly replayed: number;
  readonly stay: readonly {
    readonly position: number;
    readonly status: Status;
    readonly rule: string | null;
    readonly reason: string | null;
    readonly failure: string | null;
  }[];
  readonly waiting: number;
}

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

/** `GET /v1/people/{id}/graph[?asOf=]`: what makes somebody one person, or made of their identifiers then; 500 identifiers at most. */
export interface PersonGraphAnswer {
  readonly id: string;
  /** The identifier the person is named after. */
  readonly founder: { readonly kind: string; readonly value: string };
  readonly nodes: readonly {
    readonly kind: string;
    readonly value: string;
    readonly role: 'profile' | 'login' | 'contact' | 'anonymous' | 'handle' | 'group';
    readonly firstSeen: string | null;
    /** Whose it was: as of the past some of today’s were still somebody else’s. */
    readonly person: string;
  }[];
  readonly nodeCount: number;
  /** Oldest first. */
  readonly links: readonly {
    readonly claim: string;
    readonly rule: string;
    /** Of the entry of the log that said it. */
    readonly position: number;
    readonly time: string;
    readonly source: string;
    readonly trust: 0 | 1 | 2 | 3;
    readonly from: { readonly kind: string; readonly value: string };
    readonly to: { readonly kind: string; readonly value: string };
  }[];
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

/** What was said of one purpose of consent. */
export interface PurposeView {
  readonly purpose: string;
  /** An opt-out, such as `ccpa.data_sale_opt_out`, has words of its own: who consents to it refuses. */
  readonly said: 'granted' | 'refused' | 'opted-out' | 'not-opted-out' | 'unclear';
  readonly since: string | null;
  /** What the person was shown and where they said it; null when the client did not tell. */
  readonly source: string | null;
}

/** A profile of the directory: what it is looked up by, and the aliases it was part of. */
export interface ProfileView {
  readonly mpid: string;
  readonly record: readonly { readonly kind: string; readonly value: string; readonly since: string | null }[];
  readonly aliases: readonly {
    /** `source`: its events show under the other · `destination`: the other's show here. */
    readonly part: 'source' | 'destination';
    readonly mpid: string;
    readonly from: string | null;
    readonly to: string | null;
    readonly shownFrom: string | null;
  }[];
}

/** `GET /v1/people/search?q=` */
export interface SearchAnswer {
  readonly people: readonly {
    readonly id: string;
    readonly known: boolean;
    /** The best name we have: a name or e-mail trait, an identifier, else what is known: `Chrome on Linux`. */
    readonly name: string;
    /** Ten of them at most. */
    readonly identifiers: readonly { readonly kind: string; readonly value: string }[];
    readonly identifierCount: number;
    readonly lastSeen: string | null;
  }[];
}

/** `POST /v1/insights/{question}/people`: who stands behind a figure, the latest first. */
export interface PeopleBehindAnswer {
  readonly people: readonly (SearchAnswer['people'][number] & {
    /** When they did what put them into the figure. */
    readonly at: string;
  })[];
}

/** `POST /v1/people/query`: a page of the people who match; `total` on all pages. */
export interface PeopleListAnswer {
  readonly total: number;
  readonly people: readonly (SearchAnswer['people'][number] & {
    /** Visible ones. */
    readonly events: number;
    /** When they did something first and last; null: never. */
    readonly firstActive: string | null;
    readonly lastActive: string | null;
    readonly segments: readonly string[];
    /** Those the question asked to see. */
    readonly traits: Readonly<Record<string, Json>>;
  })[];
}

/** `GET /v1/people/names`: what people can be chosen by, each with how many have it. */
export interface PeopleNamesAnswer {
  readonly traits: readonly { readonly name: string; readonly count: number }[];
  readonly segments: readonly { readonly name: string; readonly count: number }[];
  readonly kinds: readonly { readonly name: string; readonly count: number }[];
}

export interface EventView {
  readonly name: string;
  readonly time: string;
  readonly insertId: string | null;
  readonly anchor: { readonly kind: string; readonly value: string } | null;
  /** What it was done on ([A4]); null when it says nothing of a device. */
  readonly device: { readonly kind: string; readonly value: string } | null;
  readonly wire: string;
  readonly properties: Readonly<Record<string, Json>>;
  /** Whose it is and why; null where it names nobody. */
  readonly because: Because | null;
}

/** Why a moment of an identifier is whose it is, in words of time ([X1]). */
export interface Because {
  readonly rule: string;
  /** The nearest word it rests on. */
  readonly claim: string | null;
  /** `theirs, because they logged in four minutes later` */
  readonly says: string;
}

/** `GET /v1/people/{id}/events?limit=&before=[&asOf=]`, newest first */
export interface EventsAnswer {
  readonly events: readonly EventView[];
  readonly next: string | null;
}

/** An event, and the person whose it is; null where it names nobody. */
export type OwnedEvent = EventView & { readonly personId: string | null };

/** `GET /v1/events?insertId=` */
export interface EventsByInsertIdAnswer {
  readonly events: readonly OwnedEvent[];
}

/** `GET /v1/explain?a=kind:value[&b=kind:value][&at=][&asOf=]`, or of an event, `?event=<insert id>&a=kind:value[&asOf=]` */
export interface ExplainAnswer {
  /** Of `a` alone: whether it is somebody's. Of an event: whether it is of the person who has `a`. */
  readonly same: boolean;
  /**
   * From `a` to `b`, one entry a link; empty when they are the same identifier. Of `a` alone: to the identifier its person
   * is named after. Of an event: from the identifier it hangs on to `a`.
   */
  readonly chain?: readonly {
    readonly claim: string;
    readonly rule: string;
    readonly time: string;
    readonly source: string;
    readonly trust: 0 | 1 | 2 | 3;
    readonly from: string;
    readonly to: string;
    readonly because: string;
    readonly item?: ToldItem;
  }[];
  /** What keeps them apart. */
  readonly refusal?: {
    readonly rule: string;
    readonly reason: string;
    readonly claim?: string;
    readonly time?: string;
    readonly source?: string;
    readonly trust?: 0 | 1 | 2 | 3;
    readonly item?: ToldItem;
    /** What would change it: in words, and what to try. `trust` is the least that is believed. */
    readonly would: {
      readonly says: string;
      readonly how: 'tell' | 'merge' | 'trust' | 'policy';
      readonly one?: string;
      readonly other?: string;
      readonly trust?: 0 | 1 | 2 | 3;
      /** Fields as PUT /v1/policy takes them. */
      readonly policy?: Readonly<Record<string, unknown>>;
    };
    /** Those of the two that nobody ever named: they are not two people, we do not know. */
    readonly unseen?: readonly ('a' | 'b' | 'event')[];
  };
  /** Of `a` alone: whose it is, and the identifier they are named after. */
  readonly person?: { readonly id: string; readonly identifier: string };
  /** Of `a` alone, where it is somebody's: what would make it another's. Of a refusal it stands there. */
  readonly would?: { readonly says: string };
  /** Of `a` alone, at a moment or where no link leads on: why. */
  readonly because?: Because;
  /** The event that was asked about; of several with one insert id the one that is theirs, or the last. */
  readonly event?: OwnedEvent;
  /** The policy by which it was read; `version` is its number in `GET /v1/policy/history`. */
  readonly policy?: { readonly preset: string; readonly version?: number };
}

/** The item of the log behind a claim: what it was (`track`, `identify`, `merge` …), an event's name, and the sender's id for it. */
export interface ToldItem {
  readonly type: string;
  readonly name?: string;
  readonly insertId?: string;
}

export interface StatusCounts {
  readonly received: number;
  readonly applied: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly quarantined: number;
  readonly suppressed: number;
}

/** `GET /v1/stats` */
export interface StatsAnswer extends StatusCounts {
  readonly events: number;
  readonly people: number;
  /** Entries of the log that `events` and `people` do not hold yet: they are being counted. 0 but for a minute after much has come. */
  readonly behind: number;
  /** Items whose key belongs to no project, of all projects: they have no owner to report to. */
  readonly unknownKey: number;
  /** Requests turned away whole since the server started, by cause: `too-large`, `overloaded`, `rate-of-project` … */
  readonly turnedAway: Readonly<Record<string, number>>;
  /** Items kept as of their arrival though they said another time, since the server started ([T1], [T3]). */
  readonly untimed: number;
  /** Items without effect, since the server started, that said something else than the item whose insert id they carry. */
  readonly conflicts: number;
  readonly wires: Readonly<Record<string, StatusCounts>>;
}

/** `GET /v1/live`: server-sent events of type `item`, `data` being this; `?after=` replays the last items kept in memory. */
export interface LiveItem {
  /** Where it stands in the stream, for `after`: grows with every item, also over a restart. */
  readonly position: number;
  /** Position in the log; null for an item that left only a count (a repeat, a refusal). */
  readonly logPosition: number | null;
  readonly at: string;
  readonly time: string;
  readonly wire: string;
  /** `unreadable`: the wire could make no item of it · `turned-away`: the server took no look at it. */
  readonly type:
    | 'track'
    | 'identify'
    | 'login'
    | 'logout'
    | 'traits'
    | 'merge'
    | 'join'
    | 'consent'
    | 'modify'
    | 'alias'
    | 'unreadable'
    | 'retract'
    | 'restore'
    | 'turned-away';
  /** Event name for a track. */
  readonly name: string | null;
  readonly hidden: boolean;
  readonly status: Status;
  readonly rule: string | null;
  readonly reason: string | null;
  readonly ids: readonly LiveId[];
  readonly personId: string | null;
  readonly known: boolean;
  readonly notes: readonly { readonly effect: string; readonly rule: string; readonly reason: string }[];
  readonly properties: Readonly<Record<string, Json>>;
  /** What the directory was asked and answered (mParticle's identify, login, logout, modify). */
  readonly directory?: DirectoryView;
  /** How what was refused began: for an operator as it was sent without secrets, for a server key its form alone (S40). */
  readonly sent?: { readonly path: string; readonly body: string };
  /** Requests refused whole by the server itself: the status they were answered, and how many since the last notice. */
  readonly turnedAway?: { readonly status: number; readonly requests: number };
}

/** `GET /v1/live?direction=out`, event `outgoing`: what became of a message at an output. */
export interface OutgoingItem {
  /** Where it stands in the stream, among what comes in. */
  readonly position: number;
  readonly at: string;
  readonly output: string;
  /** The connection it came to; null where the output has none. */
  readonly connection: string | null;
  /** `kept`: it was not sent. `retry`: it is tried again. `dead`: it was given up. `halted`: the receiver wants no more. */
  readonly outcome: 'sent' | 'retry' | 'dead' | 'halted' | 'kept';
  /** Where it was kept: connection, settings, filters, rules, consent, output. */
  readonly step: string | null;
  readonly reason: string | null;
  readonly type: 'event' | 'person' | 'moved' | 'erased' | 'met' | 'retracted';
  /** The event's name as it was sent. */
  readonly name: string | null;
  /** Its name at the receiver; null for what was kept. */
  readonly messageId: string | null;
  readonly logPosition: number;
  readonly wire: string;
  readonly replay: boolean;
  readonly personId: string | null;
  readonly known: boolean;
  readonly ids: readonly LiveId[];
}

/** An identifier of an item; `as`: the caller's name of the kind, where it is another than ours (mParticle: `customerid`). */
export interface LiveId {
  readonly kind: string;
  readonly value: string;
  readonly as?: string;
}

/** A question to the directory with its answer, and everybody who was looked at. */
export interface DirectoryView {
  readonly call: 'identify' | 'login' | 'logout' | 'modify';
  readonly mpid: string;
  /** `found` by lookup · `previous` kept · `made` new. */
  readonly how: 'found' | 'previous' | 'made';
  readonly known: boolean;
  readonly loggedIn: boolean;
  /** Identifiers of the request that the profile's record held before. */
  readonly matched: readonly LiveId[];
  readonly candidates: readonly {
    readonly mpid: string;
    readonly rule: string;
    readonly verdict: 'taken' | 'passed';
    readonly reason: string;
  }[];
}

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

/** `GET /v1/projects` */
export interface ProjectsAnswer {
  readonly projects: readonly { readonly id: string; readonly name: string }[];
}

/** `GET /v1/project`: what a first-run page needs. */
export interface ProjectView {
  readonly id: string;
  readonly name: string;
  /** IANA name: whose days every question is cut into. */
  readonly timeZone: string;
  /** ISO 4217 code of what it earns; null: amounts are plain numbers. */
  readonly currency: string | null;
  readonly publicKey: string;
  /** Public keys of the wires that have one of their own. */
  readonly keys: Readonly<Record<string, string>>;
  readonly preset: string;
  readonly sharedDevice: string;
  readonly identityMode: string;
  readonly mixpanel: string;
  /** Base URL by which this request reached the server. */
  readonly url: string;
  /** The wires it answers on; null: all. */
  readonly speaks: readonly string[] | null;
  /** What to write into the settings so that it answers on the wires in use alone; null where it does, or nothing came. */
  readonly narrowing: string | null;
  readonly firstEvent: string | null;
  readonly shopUrl: string | null;
}

/** `GET /v1/conformance`: what the vendors' own clients did against the server when `npm run conformance` last ran. */
export interface ConformanceAnswer {
  readonly generatedBy: string;
  /** The day of the run. */
  readonly at: string;
  readonly node: string;
  readonly browser: string;
  readonly results: readonly {
    /** `all`: a behaviour of all wires together. */
    readonly wire: string;
    /** The packages of the vendor, with their versions. */
    readonly client: string;
    readonly behaviour: string;
    readonly result: 'passed' | 'failed' | 'skipped';
  }[];
}

/** `GET /v1/events/names`, `GET /v1/events/properties?event=`: for pickers. */
export interface NamesAnswer {
  readonly names: readonly { readonly name: string; readonly count?: number }[];
}

/**
 * `POST /v1/insights/{funnel|attribution|retention|counts}`: body is the question of `@selfsame/store`'s columns.ts
 * (FunnelQuestion …) with times as ISO 8601 or ms and an optional `asOf` log position; the answer is its answer.
 */
export type Insight = 'funnel' | 'attribution' | 'retention' | 'counts' | 'days';

/** `GET /v1/insights/progress`: positions of the log; a question is answered when `through` has come to `last`. */
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

/** `GET /v1/refusals`: what was not applied since the server started, and why; the most frequent first. */
export interface RefusalsAnswer {
  readonly since: string;
  readonly refusals: readonly {
    readonly wire: string;
    readonly status: 'rejected' | 'quarantined' | 'suppressed' | 'turned-away';
    readonly rule: string | null;
    readonly reason: string;
    /** Items; requests where they were turned away whole. */
    readonly items: number;
    readonly last: string;
  }[];
}

/** `GET /v1/outputs/{id}` and what changes one; `secret` in the answer that made it, and never again. */
export interface OutputView {
  readonly id: string;
  readonly type: string;
  /** Where it sends, without a query. */
  readonly url: string;
  readonly state: 'running' | 'halted' | 'paused';
  /** Why it is halted; of one that runs, why what waits for a retry was not taken. */
  readonly reason: string | null;
  readonly lag: { readonly positions: number; readonly seconds: number };
  /** Messages that arrived. */
  readonly sent: number;
  /** Messages that were given up. */
  readonly dead: number;
  /** Messages that wait for a retry, for one of the same person, or to be gathered. */
  readonly held: number;
  /** Replays under way. */
  readonly replaying: number;
  /** About how much of the log it is yet to be told, bytes. */
  readonly heldBytes: number;
  /** The connections that lead to it; without one it takes everything. */
  readonly connections: readonly string[];
  /** Messages that went no further and why, since the server started. */
  readonly kept: readonly KeptView[];
  /** Its receiver works out by itself who is who, and so may say otherwise than we do. */
  readonly stitches?: true;
  /** What comes waits so long before it is sent, to be of whoever it belongs to by then; `lag` counts it. */
  readonly settleSeconds?: number;
  readonly secret?: string;
}

/** Messages that went no further, where they were kept, and why. */
export interface KeptView {
  readonly step: string;
  readonly why: string;
  readonly messages: number;
}

/** `GET /v1/connections/{id}` and what changes one. */
export interface ConnectionView {
  readonly id: string;
  /** `all`, a wire, or one of its keys: `mparticle:public`, `mparticle:server`. */
  readonly input: string;
  readonly output: string;
  readonly active: boolean;
  /** Every switch as it stands. */
  readonly settings: Readonly<Record<string, boolean>>;
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly rules: readonly Rule[];
  /** Since the server started: messages that arrived through it, attempts that failed, and what was kept back. */
  readonly sent: number;
  readonly failed: number;
  readonly kept: readonly KeptView[];
}

/** `GET /v1/connections`: the map from inputs to outputs. */
export interface ConnectionsAnswer {
  readonly connections: readonly ConnectionView[];
  /** Items that came by each input since the server started. */
  readonly inputs: readonly { readonly input: string; readonly received: number }[];
}

/** `GET /v1/outputs` */
export interface OutputsAnswer {
  readonly outputs: readonly OutputView[];
}

/** `POST /v1/outputs/{id}/test` */
export interface OutputTestAnswer {
  readonly ok: boolean;
  readonly reason: string | null;
}

/** `POST /v1/outputs/{id}/replay`: how many dead letters are sent again; null: everything since a position. */
export interface ReplayAnswer {
  readonly replaying: number | null;
}

/** `GET /v1/outputs/{id}/dead` */
export interface DeadLettersAnswer {
  readonly total: number;
  readonly dead: readonly {
    readonly id: string;
    readonly type: string;
    readonly position: number;
    readonly sequence: number;
    readonly reason: string;
    readonly status: number | null;
    readonly at: string;
  }[];
  readonly next: string | null;
}

/** `GET /v1/policy/simulations/{id}`: another policy on the whole log, beside the one that is. */
export interface SimulationView {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed';
  /** 0…1 */
  readonly progress: number;
  /** The log up to here. */
  readonly position: number;
  readonly startedAt: string;
  /** Why it failed. */
  readonly reason?: string;
  readonly result?: SimulationResult;
  /** Of `allPresets`: a result for each. */
  readonly presets?: readonly SimulationResult[];
}

/** What another policy makes of the log. People are those who are known, or of whom anything was told. */
export interface SimulationResult {
  /** The preset it began with. */
  readonly preset: string;
  readonly people: Difference;
  readonly known: Difference;
  /** People who are several today; people of today who would be several. */
  readonly joined: number;
  readonly split: number;
  /** Events and descriptions that would be somebody else's. */
  readonly events: { readonly moved: number };
  /** Changes in all; the largest are listed. */
  readonly changed: number;
  readonly changes: readonly SimulatedChange[];
  /** Links by the rule that makes them. */
  readonly rules: readonly (Difference & { readonly rule: string })[];
  /** What was asked in `questions`, in its order. */
  readonly questions?: readonly SimulatedQuestion[];
  /** How well each finds the humans behind events, where `truth` was given. */
  readonly quality?: { readonly before: SimulatedQuality; readonly after: SimulatedQuality };
}

/** A question over whole people, answered today and then. */
export interface SimulatedQuestion {
  readonly name: string;
  readonly insight: 'funnel' | 'attribution' | 'retention' | 'counts';
  /** The few numbers that its answer is read for. */
  readonly figures: readonly SimulatedFigure[];
  /** The whole answers, as `POST /v1/insights/…` gives them; of all presets there are figures alone. */
  readonly before?: SimulatedAnswer;
  readonly after?: SimulatedAnswer;
}

export type SimulatedAnswer = FunnelAnswer | AttributionAnswer | RetentionAnswer | CountsAnswer;

export interface SimulatedFigure {
  readonly name: string;
  /** A share is 0 to 1; revenue is in the project's currency. */
  readonly unit: 'people' | 'events' | 'share' | 'revenue';
  readonly before: number;
  readonly after: number;
}

/** Shares, 0 to 1, as `selfsame score` prints them. */
export interface SimulatedQuality {
  /** Events of the log whose human the truth tells. */
  readonly events: number;
  /** Told precision, knowable recall, and their harmonic mean. */
  readonly precision: number;
  readonly recall: number;
  readonly f: number;
  /** Events without a login that are given to another human's account, of all events without one. */
  readonly wrongAnonymous: number;
}

interface Difference {
  readonly before: number;
  readonly after: number;
}

/** People who share history before and after, and are not one and the same. Long lists are cut, and counted. */
export interface SimulatedChange {
  readonly what: 'joined' | 'split' | 'moved' | 'mixed';
  /** `kind:value` */
  readonly identifiers: readonly string[];
  readonly identifierCount: number;
  readonly before: readonly SimulatedPerson[];
  readonly beforeCount: number;
  readonly after: readonly SimulatedPerson[];
  readonly afterCount: number;
  /** Events and descriptions that would be somebody else's. */
  readonly events: number;
  /** The rule behind the largest part of it, with its evidence; `was`: the rule of today. */
  readonly because: {
    readonly identifier: string;
    readonly rule: string;
    readonly reason: string;
    readonly was: { readonly rule: string; readonly reason: string };
    readonly claim?: string;
    readonly time?: string;
    readonly source?: string;
    readonly trust?: 0 | 1 | 2 | 3;
  };
}

export interface SimulatedPerson {
  readonly id: string;
  readonly identifiers: readonly string[];
  readonly identifierCount: number;
}

import type { Json } from '@selfsame/identity';
import type { AttributionAnswer, CountsAnswer, DaysAnswer, FunnelAnswer, RetentionAnswer } from '@selfsame/store';
import * as v from 'valibot';
import type {
  ClaimView,
  ConformanceAnswer,
  ConnectionsAnswer,
  ConnectionView,
  CureAnswer,
  DeadLettersAnswer,
  DeviceView,
  EventsAnswer,
  EventsByInsertIdAnswer,
  ExplainAnswer,
  FormerIdsAnswer,
  IdentifiersAnswer,
  NamesAnswer,
  OutputsAnswer,
  OutputTestAnswer,
  OutputView,
  PeopleBehindAnswer,
  PeopleListAnswer,
  PeopleNamesAnswer,
  PersonGraphAnswer,
  PersonView,
  PinAnswer,
  PolicyHistoryAnswer,
  ProgressAnswer,
  ProjectsAnswer,
  ProjectView,
  QuarantineAnswer,
  RefusalsAnswer,
  ReplayAnswer,
  ReplayedAnswer,
  RetractionsAnswer,
  SavedQuestion,
  SavedQuestionsAnswer,
  ScenarioAnswer,
  SearchAnswer,
  SegmentsAnswer,
  SharedAnswer,
  SimulationView,
  StatsAnswer,
  SuspiciousAnswer,
  TraitsAnswer,
  UndoAnswer,
  UndoneAnswer,
  UnsignedAnswer,
} from '../api.ts';
import { rules } from '../settings/rule-schema.ts';

/**
 * The shapes of api.ts as values: the OpenAPI document is made from them, and the tests hold every answer to them.
 * The compiler holds them to api.ts.
 */
type ShapeOf<T> = v.GenericSchema<unknown, T>;

const array = <S extends v.GenericSchema>(one: S) => v.array(one);
const time = v.pipe(v.string(), v.isoTimestamp());
const json = v.any() as unknown as ShapeOf<Json>;
const values = v.record(v.string(), json);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const trust = v.picklist([0, 1, 2, 3]);
const status = v.picklist(['applied', 'duplicate', 'rejected', 'quarantined', 'suppressed']);
const id = v.object({ kind: v.string(), value: v.string() });

const identifier = v.object({
  ...id.entries,
  from: v.nullable(time),
  to: v.nullable(time),
  claim: v.nullable(v.string()),
  rule: v.exactOptional(v.string()),
});

export const identifiersShape = v.object({
  identifiers: array(identifier),
  next: v.nullable(count),
}) satisfies ShapeOf<IdentifiersAnswer>;

export const traitsShape = v.object({
  traits: array(
    v.object({
      name: v.string(),
      value: json,
      wire: v.string(),
      trust,
      time: v.nullable(time),
    }),
  ),
  next: v.nullable(count),
}) satisfies ShapeOf<TraitsAnswer>;

export const segmentsShape = v.object({
  segments: array(v.string()),
  next: v.nullable(count),
}) satisfies ShapeOf<SegmentsAnswer>;

export const formerIdsShape = v.object({
  formerIds: array(v.string()),
  next: v.nullable(count),
}) satisfies ShapeOf<FormerIdsAnswer>;

export const sharedShape = v.object({
  devices: array(
    v.object({
      ...id.entries,
      others: array(
        v.object({
          from: v.nullable(time),
          to: v.nullable(time),
          person: v.object({ id: v.string(), name: v.string(), known: v.boolean() }),
        }),
      ),
      otherCount: count,
    }),
  ),
}) satisfies ShapeOf<SharedAnswer>;

export const deviceShape = v.object({
  ...id.entries,
  firstSeen: v.nullable(time),
  lastSeen: v.nullable(time),
  owners: count,
  stretches: array(
    v.object({
      from: v.nullable(time),
      to: v.nullable(time),
      person: v.object({ id: v.string(), name: v.string(), known: v.boolean() }),
      isVisit: v.boolean(),
      claim: v.nullable(v.string()),
      rule: v.string(),
      because: v.string(),
    }),
  ),
  stretchCount: count,
  words: array(
    v.object({
      what: v.picklist(['login', 'logout', 'merge']),
      claim: v.string(),
      time,
      since: v.nullable(time),
      with: v.nullable(id),
      source: v.string(),
      trust,
      stands: v.boolean(),
      rule: v.nullable(v.string()),
      reason: v.nullable(v.string()),
    }),
  ),
  wordCount: count,
  silences: array(v.object({ from: v.nullable(time), to: v.nullable(time) })),
}) satisfies ShapeOf<DeviceView>;

export const suspiciousShape = v.object({
  rows: array(
    v.object({
      what: v.picklist(['shared-value', 'merged-value', 'weak-join', 'sudden-growth']),
      isQuarantined: v.boolean(),
      identifier: id,
      person: v.nullable(v.object({ id: v.string(), name: v.string(), known: v.boolean() })),
      reach: count,
      peak: v.nullable(v.object({ day: time, count })),
      events: v.object({ own: count, others: count }),
      score: v.number(),
      evidence: array(v.object({ claim: v.string(), time, source: v.string(), trust, with: id })),
      cure: v.union([
        v.object({ claim: v.string() }),
        v.object({ identifier: v.string() }),
        v.object({ joined: v.string() }),
        v.object({ quarantined: v.string() }),
      ]),
    }),
  ),
}) satisfies ShapeOf<SuspiciousAnswer>;

export const cureShape = v.object({ identifier: id, claims: array(v.string()) }) satisfies ShapeOf<CureAnswer>;

export const scenarioShape = v.object({
  name: v.string(),
  policy: v.record(v.string(), v.unknown()),
  items: array(v.record(v.string(), v.unknown())),
  expect: v.object({
    people: array(array(v.string())),
    apart: array(v.strictTuple([v.string(), v.string()])),
    owners: array(v.object({ identifier: v.string(), at: time, person: v.nullable(v.string()) })),
  }),
}) satisfies ShapeOf<ScenarioAnswer>;

export const personGraphShape = v.object({
  id: v.string(),
  founder: id,
  nodes: array(
    v.object({
      ...id.entries,
      role: v.picklist(['profile', 'login', 'contact', 'anonymous', 'handle', 'group']),
      firstSeen: v.nullable(time),
      person: v.string(),
    }),
  ),
  nodeCount: count,
  links: array(
    v.object({
      claim: v.string(),
      rule: v.string(),
      position: count,
      time,
      source: v.string(),
      trust,
      from: id,
      to: id,
    }),
  ),
}) satisfies ShapeOf<PersonGraphAnswer>;

export const unsignedShape = v.object({
  mode: v.picklist(['open', 'report', 'enforce']),
  since: time,
  rows: array(v.object({ day: v.string(), wire: v.string(), items: count, last: time })),
}) satisfies ShapeOf<UnsignedAnswer>;

export const personShape = v.object({
  id: v.string(),
  known: v.boolean(),
  identifiers: array(identifier),
  identifierCount: count,
  traits: values,
  traitCount: count,
  traitSources: v.record(
    v.string(),
    v.object({ wire: v.string(), trust: v.picklist([0, 1, 2, 3]), time: v.nullable(time) }),
  ),
  segments: array(v.string()),
  segmentCount: count,
  purposes: v.exactOptional(values),
  consentByPurpose: v.exactOptional(
    array(
      v.object({
        purpose: v.string(),
        said: v.picklist(['granted', 'refused', 'opted-out', 'not-opted-out', 'unclear']),
        since: v.nullable(time),
        source: v.nullable(v.string()),
      }),
    ),
  ),
  consent: v.picklist(['not-asked', 'granted', 'denied']),
  firstSeen: v.nullable(time),
  lastSeen: v.nullable(time),
  formerIds: array(v.string()),
  formerIdCount: count,
  profiles: v.exactOptional(
    array(
      v.object({
        mpid: v.string(),
        record: array(v.object({ kind: v.string(), value: v.string(), since: v.nullable(time) })),
        aliases: array(
          v.object({
            part: v.picklist(['source', 'destination']),
            mpid: v.string(),
            from: v.nullable(time),
            to: v.nullable(time),
            shownFrom: v.nullable(time),
          }),
        ),
      }),
    ),
  ),
}) satisfies ShapeOf<PersonView>;

const listed = {
  id: v.string(),
  known: v.boolean(),
  name: v.string(),
  identifiers: array(id),
  identifierCount: count,
  lastSeen: v.nullable(time),
};

export const searchShape = v.object({ people: array(v.object(listed)) }) satisfies ShapeOf<SearchAnswer>;

export const peopleBehindShape = v.object({
  people: array(v.object({ ...listed, at: time })),
}) satisfies ShapeOf<PeopleBehindAnswer>;

export const peopleListShape = v.object({
  total: count,
  people: array(
    v.object({
      ...listed,
      events: count,
      firstActive: v.nullable(time),
      lastActive: v.nullable(time),
      segments: array(v.string()),
      traits: values,
    }),
  ),
}) satisfies ShapeOf<PeopleListAnswer>;

const nameCounts = array(v.object({ name: v.string(), count }));

export const peopleNamesShape = v.object({
  traits: nameCounts,
  segments: nameCounts,
  kinds: nameCounts,
}) satisfies ShapeOf<PeopleNamesAnswer>;

const because = v.object({ rule: v.string(), claim: v.nullable(v.string()), says: v.string() });

const event = {
  name: v.string(),
  time,
  insertId: v.nullable(v.string()),
  anchor: v.nullable(id),
  device: v.nullable(id),
  wire: v.string(),
  properties: values,
  because: v.nullable(because),
};

const ownedEvent = { ...event, personId: v.nullable(v.string()) };

export const eventsShape = v.object({
  events: array(v.object(event)),
  next: v.nullable(v.string()),
}) satisfies ShapeOf<EventsAnswer>;

export const eventsByInsertIdShape = v.object({
  events: array(v.object(ownedEvent)),
}) satisfies ShapeOf<EventsByInsertIdAnswer>;

export const namesShape = v.object({
  names: array(v.object({ name: v.string(), count: v.exactOptional(count) })),
}) satisfies ShapeOf<NamesAnswer>;

const toldItem = v.object({
  type: v.string(),
  name: v.exactOptional(v.string()),
  insertId: v.exactOptional(v.string()),
});

export const explainShape = v.object({
  same: v.boolean(),
  chain: v.exactOptional(
    array(
      v.object({
        claim: v.string(),
        rule: v.string(),
        time,
        source: v.string(),
        trust,
        from: v.string(),
        to: v.string(),
        because: v.string(),
        item: v.exactOptional(toldItem),
      }),
    ),
  ),
  refusal: v.exactOptional(
    v.object({
      rule: v.string(),
      reason: v.string(),
      claim: v.exactOptional(v.string()),
      time: v.exactOptional(time),
      source: v.exactOptional(v.string()),
      trust: v.exactOptional(trust),
      item: v.exactOptional(toldItem),
      would: v.object({
        says: v.string(),
        how: v.picklist(['tell', 'merge', 'trust', 'policy']),
        one: v.exactOptional(v.string()),
        other: v.exactOptional(v.string()),
        trust: v.exactOptional(trust),
        policy: v.exactOptional(v.record(v.string(), v.unknown())),
      }),
      unseen: v.exactOptional(array(v.picklist(['a', 'b', 'event']))),
    }),
  ),
  person: v.exactOptional(v.object({ id: v.string(), identifier: v.string() })),
  would: v.exactOptional(v.object({ says: v.string() })),
  because: v.exactOptional(because),
  event: v.exactOptional(v.object(ownedEvent)),
  policy: v.exactOptional(v.object({ preset: v.string(), version: v.exactOptional(v.number()) })),
}) satisfies ShapeOf<ExplainAnswer>;

const undoEvent = v.object({
  what: v.picklist(['retract', 'restore', 'pin']),
  reason: v.string(),
  at: time,
  by: v.string(),
});

export const claimShape = v.object({
  id: v.string(),
  type: v.picklist(['link', 'merge']),
  identifier: id,
  owner: v.nullable(id),
  time,
  at: time,
  source: v.string(),
  trust,
  insertId: v.nullable(v.string()),
  item: v.string(),
  stands: v.boolean(),
  rule: v.string(),
  reason: v.nullable(v.string()),
  history: v.array(undoEvent),
}) satisfies ShapeOf<ClaimView>;

const preview = {
  dryRun: v.literal(true),
  people: v.object({ split: v.array(v.string()), joined: v.array(v.string()) }),
  identifiers: v.object({ moved: count, gone: count, back: count }),
  events: v.object({
    moved: count,
    gone: count,
    back: count,
    first: v.nullable(v.string()),
    last: v.nullable(v.string()),
  }),
  traits: v.array(v.object({ personId: v.string(), name: v.string(), before: v.unknown(), after: v.unknown() })),
  segments: v.array(v.object({ personId: v.string(), segment: v.string(), enters: v.boolean() })),
  consent: v.array(v.object({ personId: v.string(), before: v.string(), after: v.string() })),
  simulation: v.exactOptional(v.string()),
};

export const pinAnswerShape = v.union([
  v.object(preview),
  v.object({
    claim: v.string(),
    identifier: id,
    person: v.nullable(id),
    reason: v.string(),
    at: time,
    by: v.string(),
  }),
]) satisfies ShapeOf<PinAnswer>;

export const undoAnswerShape = v.union([
  v.object({
    id: v.string(),
    stands: v.boolean(),
    reason: v.string(),
    at: v.nullable(time),
    by: v.nullable(v.string()),
    position: v.nullable(count),
  }),
  v.object({ id: v.string(), ...preview }),
]) satisfies ShapeOf<UndoAnswer>;

const undone = { entries: count, held: count, of: v.nullable(count) };

export const undoneShape = v.union([
  v.object({ ...undone, ...undoEvent.entries, position: count }),
  v.object({ ...undone, ...preview }),
]) satisfies ShapeOf<UndoneAnswer>;

export const retractionsShape = v.object({
  retractions: v.array(
    v.object({ ...undoEvent.entries, position: count, entries: count, holds: count, of: v.nullable(count) }),
  ),
}) satisfies ShapeOf<RetractionsAnswer>;

const fates = {
  received: count,
  applied: count,
  duplicate: count,
  rejected: count,
  quarantined: count,
  suppressed: count,
};

export const quarantineShape = v.object({
  items: v.array(
    v.object({
      position: count,
      at: time,
      time,
      wire: v.string(),
      trust: trust,
      type: v.string(),
      name: v.nullable(v.string()),
      insertId: v.nullable(v.string()),
      rule: v.string(),
      reason: v.string(),
      failure: v.nullable(v.string()),
    }),
  ),
  waiting: count,
  replayed: count,
  next: v.nullable(count),
}) satisfies ShapeOf<QuarantineAnswer>;

export const replayedShape = v.object({
  replayed: count,
  stay: v.array(
    v.object({
      position: count,
      status,
      rule: v.nullable(v.string()),
      reason: v.nullable(v.string()),
      failure: v.nullable(v.string()),
    }),
  ),
  waiting: count,
}) satisfies ShapeOf<ReplayedAnswer>;

export const statsShape = v.object({
  ...fates,
  events: count,
  people: count,
  behind: count,
  unknownKey: count,
  turnedAway: v.record(v.string(), count),
  untimed: count,
  conflicts: count,
  wires: v.record(v.string(), v.object(fates)),
}) satisfies ShapeOf<StatsAnswer>;

export const projectShape = v.object({
  id: v.string(),
  name: v.string(),
  timeZone: v.string(),
  currency: v.nullable(v.string()),
  publicKey: v.string(),
  keys: v.record(v.string(), v.string()),
  preset: v.string(),
  sharedDevice: v.string(),
  identityMode: v.string(),
  mixpanel: v.string(),
  url: v.string(),
  speaks: v.nullable(array(v.string())),
  narrowing: v.nullable(v.string()),
  firstEvent: v.nullable(time),
  shopUrl: v.nullable(v.string()),
}) satisfies ShapeOf<ProjectView>;

export const projectsShape = v.object({
  projects: array(v.object({ id: v.string(), name: v.string() })),
}) satisfies ShapeOf<ProjectsAnswer>;

export const conformanceShape = v.object({
  generatedBy: v.string(),
  at: v.string(),
  node: v.string(),
  browser: v.string(),
  results: array(
    v.object({
      wire: v.string(),
      client: v.string(),
      behaviour: v.string(),
      result: v.picklist(['passed', 'failed', 'skipped']),
    }),
  ),
}) satisfies ShapeOf<ConformanceAnswer>;

/** Plain data whose fields SPEC.md and policy.ts explain. */
export const policyShape = v.looseObject({ preset: v.string() });

export const policyHistoryShape = v.object({
  ruledBy: v.picklist(['settings-file', 'console']),
  entries: array(
    v.object({
      number: count,
      at: time,
      by: v.string(),
      reason: v.nullable(v.string()),
      back: v.nullable(count),
      changes: array(v.object({ field: v.string(), before: json, after: json })),
      isInForce: v.boolean(),
      isQuick: v.boolean(),
      policy: values,
    }),
  ),
}) satisfies ShapeOf<PolicyHistoryAnswer>;

const step = v.object({
  event: v.string(),
  people: count,
  conversion: v.number(),
  fromPrevious: v.number(),
  medianTime: v.nullable(v.number()),
  averageTime: v.nullable(v.number()),
});

export const funnelShape = v.object({
  steps: array(step),
  breakdown: v.exactOptional(array(v.object({ value: v.nullable(v.string()), steps: array(step) }))),
}) satisfies ShapeOf<FunnelAnswer>;

const earned = { conversions: v.number(), revenue: v.number(), people: v.number() };

const earnedByTouch = {
  rows: array(v.object({ touch: v.nullable(v.string()), ...earned })),
  total: v.object(earned),
};
const value = v.nullable(v.string());

export const attributionShape = v.object({
  ...earnedByTouch,
  breakdown: v.exactOptional(array(v.object({ value, ...earnedByTouch }))),
}) satisfies ShapeOf<AttributionAnswer>;

const cohorts = { rows: array(v.object({ cohort: v.number(), people: count, returned: array(count) })) };

export const retentionShape = v.object({
  ...cohorts,
  breakdown: v.exactOptional(array(v.object({ value, ...cohorts }))),
}) satisfies ShapeOf<RetentionAnswer>;

export const countsShape = v.object({
  rows: array(
    v.object({
      start: v.number(),
      event: v.string(),
      value: v.exactOptional(v.nullable(v.string())),
      events: count,
      people: count,
    }),
  ),
  totals: array(v.object({ event: v.string(), events: count, people: count })),
}) satisfies ShapeOf<CountsAnswer>;

export const daysShape = v.object({
  rows: array(v.object({ start: v.number(), events: count, people: count, known: count })),
}) satisfies ShapeOf<DaysAnswer>;

export const progressShape = v.object({ through: count, last: count }) satisfies ShapeOf<ProgressAnswer>;

const savedQuestion = { id: v.string(), name: v.string(), address: v.string(), at: time };

export const savedQuestionShape = v.object(savedQuestion) satisfies ShapeOf<SavedQuestion>;

export const savedQuestionsShape = v.object({
  questions: array(savedQuestionShape),
}) satisfies ShapeOf<SavedQuestionsAnswer>;

export const refusalsShape = v.object({
  since: time,
  refusals: array(
    v.object({
      wire: v.string(),
      status: v.picklist(['rejected', 'quarantined', 'suppressed', 'turned-away']),
      rule: v.nullable(v.string()),
      reason: v.string(),
      items: count,
      last: time,
    }),
  ),
}) satisfies ShapeOf<RefusalsAnswer>;

export const batchShape = v.object({
  results: array(
    v.object({
      status,
      reason: v.exactOptional(v.string()),
      personId: v.exactOptional(v.nullable(v.string())),
    }),
  ),
});

export const errorShape = v.object({
  error: v.object({ code: v.string(), message: v.string(), requestId: v.string() }),
});

const kept = array(v.object({ step: v.string(), why: v.string(), messages: count }));

export const connectionShape = v.object({
  id: v.string(),
  input: v.string(),
  output: v.string(),
  active: v.boolean(),
  settings: v.record(v.string(), v.boolean()),
  filters: v.record(v.string(), array(v.string())),
  rules,
  sent: count,
  failed: count,
  kept,
}) satisfies ShapeOf<ConnectionView>;

export const connectionsShape = v.object({
  connections: array(connectionShape),
  inputs: array(v.object({ input: v.string(), received: count })),
}) satisfies ShapeOf<ConnectionsAnswer>;

export const outputShape = v.object({
  id: v.string(),
  type: v.string(),
  url: v.string(),
  state: v.picklist(['running', 'halted', 'paused']),
  reason: v.nullable(v.string()),
  lag: v.object({ positions: count, seconds: count }),
  sent: count,
  dead: count,
  held: count,
  replaying: count,
  heldBytes: count,
  connections: array(v.string()),
  kept,
  stitches: v.exactOptional(v.literal(true)),
  settleSeconds: v.exactOptional(count),
  secret: v.exactOptional(v.string()),
}) satisfies ShapeOf<OutputView>;

export const outputsShape = v.object({ outputs: array(outputShape) }) satisfies ShapeOf<OutputsAnswer>;

export const testShape = v.object({
  ok: v.boolean(),
  reason: v.nullable(v.string()),
}) satisfies ShapeOf<OutputTestAnswer>;

export const replayShape = v.object({ replaying: v.nullable(count) }) satisfies ShapeOf<ReplayAnswer>;

export const deadLettersShape = v.object({
  total: count,
  dead: array(
    v.object({
      id: v.string(),
      type: v.string(),
      position: count,
      sequence: count,
      reason: v.string(),
      status: v.nullable(count),
      at: time,
    }),
  ),
  next: v.nullable(v.string()),
}) satisfies ShapeOf<DeadLettersAnswer>;

const difference = { before: count, after: count };
const simulatedPeople = array(v.object({ id: v.string(), identifiers: array(v.string()), identifierCount: count }));

const simulatedQuality = v.object({
  events: count,
  precision: v.number(),
  recall: v.number(),
  f: v.number(),
  wrongAnonymous: v.number(),
});

const simulatedAnswer = v.union([funnelShape, attributionShape, retentionShape, countsShape]);

const simulatedQuestion = v.object({
  name: v.string(),
  insight: v.picklist(['funnel', 'attribution', 'retention', 'counts']),
  figures: array(
    v.object({
      name: v.string(),
      unit: v.picklist(['people', 'events', 'share', 'revenue']),
      before: v.number(),
      after: v.number(),
    }),
  ),
  before: v.exactOptional(simulatedAnswer),
  after: v.exactOptional(simulatedAnswer),
});

const simulationResult = v.object({
  preset: v.string(),
  people: v.object(difference),
  known: v.object(difference),
  joined: count,
  split: count,
  events: v.object({ moved: count }),
  changed: count,
  changes: array(
    v.object({
      what: v.picklist(['joined', 'split', 'moved', 'mixed']),
      identifiers: array(v.string()),
      identifierCount: count,
      before: simulatedPeople,
      beforeCount: count,
      after: simulatedPeople,
      afterCount: count,
      events: count,
      because: v.object({
        identifier: v.string(),
        rule: v.string(),
        reason: v.string(),
        was: v.object({ rule: v.string(), reason: v.string() }),
        claim: v.exactOptional(v.string()),
        time: v.exactOptional(time),
        source: v.exactOptional(v.string()),
        trust: v.exactOptional(trust),
      }),
    }),
  ),
  rules: array(v.object({ rule: v.string(), ...difference })),
  questions: v.exactOptional(array(simulatedQuestion)),
  quality: v.exactOptional(v.object({ before: simulatedQuality, after: simulatedQuality })),
});

const simulationHead = {
  id: v.string(),
  state: v.picklist(['running', 'done', 'failed']),
  progress: v.number(),
  position: count,
  startedAt: time,
  reason: v.exactOptional(v.string()),
};

export const simulationShape = v.object({
  ...simulationHead,
  result: v.exactOptional(simulationResult),
  presets: v.exactOptional(array(simulationResult)),
}) satisfies ShapeOf<SimulationView>;

export const simulationsShape = v.object({ simulations: array(v.object(simulationHead)) });

export const simulationStartedShape = v.object({ id: v.string() });

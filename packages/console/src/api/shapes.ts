/** The shapes we read, as the server and its columns declare them. Types only: nothing of the server is bundled. */
export type {
  ApiError,
  ConformanceAnswer,
  ConnectionsAnswer,
  ConnectionView,
  CureAnswer,
  DeadLettersAnswer,
  DeviceView,
  EventsAnswer,
  EventView,
  ExplainAnswer,
  FormerIdsAnswer,
  IdentifiersAnswer,
  LiveItem,
  NamesAnswer,
  OutgoingItem,
  OutputsAnswer,
  OutputTestAnswer,
  OutputView,
  PeopleBehindAnswer,
  PeopleListAnswer,
  PeopleNamesAnswer,
  PersonGraphAnswer,
  PersonView,
  PolicyHistoryAnswer,
  ProgressAnswer,
  ProjectView,
  QuarantineAnswer,
  RefusalsAnswer,
  Rule,
  SavedQuestion,
  SavedQuestionsAnswer,
  SegmentsAnswer,
  SharedAnswer,
  SimulationView,
  StatsAnswer,
  Status,
  SuspiciousAnswer,
  TraitsAnswer,
  UndoPreview,
  UnsignedAnswer,
} from '../../../server/src/api.ts';
export type {
  AttributionAnswer,
  AttributionModel,
  AttributionQuestion,
  Breakdown,
  Condition,
  CountsAnswer,
  CountsQuestion,
  DaysAnswer,
  EventFilter,
  FunnelAnswer,
  FunnelQuestion,
  FunnelStep,
  Interval,
  RetentionAnswer,
  RetentionQuestion,
  Who,
} from '../../../store/src/columns.ts';

/** `GET /v1/session`: who looks, the projects to choose from, and the wires of the server as people call them. Console only, so not among the API's shapes. */
export interface SessionAnswer {
  readonly signedIn: boolean;
  readonly projects: readonly {
    readonly id: string;
    readonly name: string;
    readonly timeZone: string;
    readonly currency: string | null;
  }[];
  readonly wires: readonly WireAnswer[];
}

/** A wire, and the presets that reproduce its vendor. */
export interface WireAnswer {
  readonly name: string;
  readonly label: string;
  readonly presets: readonly { readonly name: string; readonly label: string }[];
}

import type { AttributionAnswer, CountsAnswer, FunnelAnswer, RetentionAnswer } from '@selfsame/store';

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
  /** Told precision, the strict reading of it, knowable recall, and the harmonic mean of the first and the last. */
  readonly precision: number;
  readonly strictPrecision: number;
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

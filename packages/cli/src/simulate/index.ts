/** Histories whose truth is known: what the demo is filled with, and what stitching is scored against. */
export { type SimulatedEvent, type SimulatedHistory, type SimulateOptions, simulate } from './history.ts';
export { mixpanelEvent, mixpanelIdentify, mixpanelProfile } from './mixpanel.ts';
export { type Score, scorePairs } from './score.ts';
export { statementsOf } from './statements.ts';

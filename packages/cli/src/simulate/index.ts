/** Histories whose truth is known: what the demo is filled with, and what stitching is scored against. */

export { ceilingOf, evidenceOf } from '../score/ceiling.ts';
export { qualityTable } from '../score/report.ts';
export { judgeWorld, scoreOf } from '../score/score-world.ts';
export { type SimulatedEvent, type SimulatedHistory, type SimulateOptions, simulate } from './history.ts';
export { mixpanelEvent, mixpanelIdentify, mixpanelProfile } from './mixpanel.ts';
export { statementsOf } from './statements.ts';
export { rates } from './worlds/rates.ts';
export { runWorld } from './worlds/world.ts';

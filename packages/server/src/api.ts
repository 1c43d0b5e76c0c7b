/**
 * The shapes of the native API under `/v1`: what the server answers and what its clients (console, CLI) read.
 * Times are ISO 8601 unless a name ends in `Ms`. Types only.
 */
export type { Rule } from '@selfsame/outputs';
export type * from './api/batch.ts';
export type * from './api/counts.ts';
export type * from './api/device.ts';
export type * from './api/events.ts';
export type * from './api/explain.ts';
export type * from './api/insights.ts';
export type * from './api/live.ts';
export type * from './api/outputs.ts';
export type * from './api/people.ts';
export type * from './api/people-lists.ts';
export type * from './api/policy.ts';
export type * from './api/project.ts';
export type * from './api/quarantine.ts';
export type * from './api/simulation.ts';
export type * from './api/suspicious.ts';
export type * from './api/undo.ts';

export type * from './command.ts';
export type * from './graph.ts';
export * from './ids.ts';
export type * from './json.ts';
export * from './policy.ts';
export * from './verdict.ts';

export type * from './columns.ts';
export * from './store.ts';

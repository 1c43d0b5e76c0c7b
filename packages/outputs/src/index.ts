/** What we know, told to other systems. Start with SPEC.md, then output.ts and flow.ts. */
export type * from './books.ts';
export { type Connected, type Connection, connect, type KeptBy } from './connection/connection.ts';
export type { Filters } from './connection/filters.ts';
export { readInput } from './connection/input.ts';
export type { Kept, Step } from './connection/kept.ts';
export type { Rule, When } from './connection/rules.ts';
export { type ConnectionSettings, usualSettings } from './connection/settings.ts';
export {
  type ColumnType,
  type FileFormat,
  type Folder,
  files,
  placeOfLine,
  type TableName,
  tableNames,
  tables,
  viewsSql,
} from './files/index.ts';
export { iso } from './iso.ts';
export { judge } from './judge.ts';
export { createMemoryBooks } from './memory-books.ts';
export * from './message.ts';
export { mixpanel } from './mixpanel/index.ts';
export { mparticleWebhook } from './mparticle-webhook/index.ts';
export * from './output.ts';
export { Rate } from './rate.ts';
export { Runner } from './runner.ts';
export type { RunnerParts, RunnerView, Told } from './runner-parts.ts';
export { segment } from './segment/index.ts';
export { Settled } from './settled.ts';
export { Source, type SourceOptions } from './source.ts';
export { webhook } from './webhook/index.ts';

export { graphAsOf } from './as-of.ts';
export type * from './columns.ts';
export { eventRow, ownershipChange } from './feed-rows.ts';
export {
  createIngest,
  type Ingest,
  type IngestOptions,
  type Item,
  type Outcome,
  Overloaded,
  unprocessable,
} from './ingest.ts';
export { addCounts, createMemoryStore } from './memory.ts';
export { movedBy } from './moved.ts';
export { Overlay } from './overlay.ts';
export { repeatKey } from './repeat-key.ts';
export { searchTexts } from './search-texts.ts';
export * from './store.ts';

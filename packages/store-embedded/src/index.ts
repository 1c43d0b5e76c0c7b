export { openBooks } from './books.ts';
export { type CheckReport, checkStore, type Damage } from './check.ts';
export { type ColumnsOptions, openColumns } from './columns/open-columns.ts';
export { type EmbeddedStoreOptions, openEmbeddedStore } from './embedded-store.ts';

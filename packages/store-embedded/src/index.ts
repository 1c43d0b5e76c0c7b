export { type CheckReport, checkStore, type Damage } from './check.ts';
export { type EmbeddedStoreOptions, openEmbeddedStore } from './embedded-store.ts';

export { type BackupOptions, backupData } from './backup/backup.ts';
export type { Manifest } from './backup/manifest.ts';
export { type RestoreOptions, refuseHalfRestored, restoreData } from './backup/restore.ts';
export { historyAt, readRestores } from './backup/restores.ts';
export { openBooks } from './books.ts';
export { type CheckReport, checkStore, type Damage } from './check.ts';
export { type ColumnsOptions, openColumns } from './columns/open-columns.ts';
export { type EmbeddedStoreOptions, openEmbeddedStore } from './embedded-store.ts';
export { readBeside } from './read-beside.ts';

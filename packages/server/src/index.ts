export type * from './api.ts';
export { rewindCallbacks } from './delivery/spid-callbacks/rewind.ts';
export { ConfigError } from './settings/load.ts';
export { deriveIn, rulesIn } from './settings/rules-of-data.ts';
export { type RunningServer, type ServeOptions, type Surroundings, startServer } from './start.ts';

export type * from './api.ts';
export { ConfigError } from './config.ts';
export { type RunningServer, type ServeOptions, type Surroundings, startServer } from './start.ts';

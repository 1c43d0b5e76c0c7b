export type * from './api.ts';
export { type OutputsProcess, startOutputsProcess } from './delivery/outputs/beside/process.ts';
export { signingSecretsOf } from './settings/keyring.ts';
export { ConfigError } from './settings/load.ts';
export { narrowing } from './settings/narrow.ts';
export { lockSecrets, unlockSecrets } from './settings/relock.ts';
export { deriveIn, rulesIn, settingsFor, settingsOf } from './settings/rules-of-data.ts';
export type { Settings } from './settings/schema.ts';
export {
  addServerKey,
  digestOf,
  revokeServerKey,
  serverKeysOf,
  withdrawSettingsKey,
  withdrawSigningSecret,
} from './settings/server-keys.ts';
export { type RunningServer, type ServeOptions, type Surroundings, startServer } from './start.ts';

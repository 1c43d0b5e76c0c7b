import type { DerivePersonId, ProjectId, Rules } from '@selfsame/identity';
import { openPolicies } from '../policy/file.ts';
import { createProjects } from './keyring.ts';
import { defaultSettings, loadSettings, type Settings } from './load.ts';
import { personIds } from './person-ids.ts';
import { keyFor, readSecrets, type Secrets } from './secrets.ts';

/**
 * How the installation that a data directory belongs to makes person ids.
 * @throws Error when its `secrets.json` is missing or cannot be read.
 */
export const deriveIn = (directory: string): DerivePersonId => derive(secretsIn(directory));

/**
 * The rules by which a data directory is folded: those an operator chose, then the settings file's (without one, those
 * of the project `demo`).
 * @throws Error as `deriveIn` · ConfigError with every problem of the settings.
 */
export function rulesIn(directory: string, config: string | undefined): (project: ProjectId) => Rules {
  const policies = openPolicies(directory, () => 0);
  return createProjects(settingsOf(directory, config).projects, deriveIn(directory), policies).rules;
}

/** The settings file as the server of a data directory reads it. @throws ConfigError with every problem at once. */
export const settingsFor = (directory: string, config: string): Settings =>
  loadSettings(config, openPolicies(directory, () => 0).begunWith);

/**
 * The same, and without a settings file the project `demo`.
 * @throws Error as `deriveIn`, without a file · ConfigError with every problem of the settings.
 */
export const settingsOf = (directory: string, config: string | undefined): Settings =>
  config === undefined ? defaultSettings(secretsIn(directory)) : settingsFor(directory, config);

function secretsIn(directory: string): Secrets {
  const secrets = readSecrets(directory);
  if (secrets === undefined) throw new Error(`there is no secrets.json in ${directory}: person ids are made with it`);
  return secrets;
}

const derive = (secrets: Secrets): DerivePersonId => personIds(keyFor(secrets, 'person-ids'));

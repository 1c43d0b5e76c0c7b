import type { ProjectId } from '@selfsame/identity';
import { type Output, webhook } from '@selfsame/outputs';
import { type OutputSettings, secretBytes } from '../../settings/output-schema.ts';

/** The output that settings describe. */
export function buildOutput(project: ProjectId, settings: OutputSettings): Output {
  const output = outputOf(project, settings);
  const { takes } = settings;
  return takes === undefined ? output : { ...output, takes: new Set(takes.filter((kind) => output.takes.has(kind))) };
}

function outputOf(project: ProjectId, settings: OutputSettings): Output {
  if (settings.type === 'mixpanel') throw new Error('an output of this type is not built yet');
  const { url, secret, previousSecret } = settings;
  const secrets = [secret, ...(previousSecret === undefined ? [] : [previousSecret])].map(secretBytes);
  return webhook({ project, url, secrets: () => secrets });
}

import type { ProjectId } from '@selfsame/identity';
import { mixpanel, type Output, segment, webhook } from '@selfsame/outputs';
import { type OutputSettings, secretBytes } from '../../settings/output-schema.ts';

/** The output that settings describe. */
export function buildOutput(project: ProjectId, settings: OutputSettings): Output {
  const output = outputOf(project, settings);
  const { takes } = settings;
  return takes === undefined ? output : { ...output, takes: new Set(takes.filter((kind) => output.takes.has(kind))) };
}

function outputOf(project: ProjectId, settings: OutputSettings): Output {
  if (settings.type === 'mixpanel') return mixpanelOf(settings);
  if (settings.type === 'segment') return segment({ url: settings.url, authorization: basic(settings.writeKey, '') });
  const { url, secret, previousSecret } = settings;
  const secrets = [secret, ...(previousSecret === undefined ? [] : [previousSecret])].map(secretBytes);
  return webhook({ project, url, secrets: () => secrets });
}

function mixpanelOf(settings: Extract<OutputSettings, { readonly type: 'mixpanel' }>): Output {
  const { url, token, apiSecret, serviceAccount, identity = 'anchors' } = settings;
  const authorization =
    serviceAccount !== undefined
      ? basic(serviceAccount.username, serviceAccount.secret)
      : apiSecret === undefined
        ? undefined
        : basic(apiSecret, '');
  return mixpanel({
    url,
    token,
    identity,
    ...(authorization === undefined ? {} : { authorization }),
    ...(serviceAccount === undefined ? {} : { projectId: encodeURIComponent(serviceAccount.projectId) }),
  });
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

import type { ProjectId } from '@selfsame/identity';
import { type Folder, files, mixpanel, type Output, segment, webhook } from '@selfsame/outputs';
import { type FilesSettings, type OutputSettings, secretBytes } from '../../settings/output-schema.ts';

/** Where an output of files writes. */
export type FolderOf = (project: ProjectId, settings: FilesSettings) => Folder;

/** The output that settings describe. */
export function buildOutput(project: ProjectId, settings: OutputSettings, folderOf: FolderOf): Output {
  if (settings.type === 'files') return files(folderOf(project, settings));
  const output = outputOf(project, settings);
  const { takes } = settings;
  return takes === undefined ? output : { ...output, takes: new Set(takes.filter((kind) => output.takes.has(kind))) };
}

function outputOf(project: ProjectId, settings: Exclude<OutputSettings, FilesSettings>): Output {
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

import type { ProjectId } from '@selfsame/identity';
import {
  type Folder,
  files,
  type MessageKind,
  mixpanel,
  mparticleWebhook,
  type Output,
  segment,
  webhook,
} from '@selfsame/outputs';
import type { Host, Wire } from '@selfsame/protocols';
import {
  type CallbackSettings,
  type FilesSettings,
  isCallbacks,
  type OutputSettings,
  secretBytes,
} from '../../settings/output-schema.ts';

/** What outputs have of the server beside their link. */
export interface Lent {
  /** Where an output of files writes. */
  readonly folderOf: (project: ProjectId, settings: FilesSettings) => Folder;
  /** The wires of the server, for what they send on their own. */
  readonly wires: readonly Wire[];
  /** Signs it, under the project's signing secret. */
  readonly signer: Pick<Host, 'hmac'>;
}

/** The output that settings describe. */
export function buildOutput(project: ProjectId, settings: OutputSettings, lent: Lent): Output {
  if (isCallbacks(settings)) return callbacksOf(project, settings, lent);
  if (settings.type === 'files') return files(lent.folderOf(project, settings), settings.expand);
  const output = outputOf(project, settings);
  const { takes } = settings;
  const isTaken = (kind: MessageKind) =>
    takes === undefined ? kind !== 'retracted' || output.expands === true : takes.some((one) => one === kind);
  return { ...output, takes: new Set([...output.takes].filter(isTaken)) };
}

function callbacksOf(project: ProjectId, { wire, url }: CallbackSettings, { wires, signer }: Lent): Output {
  const found = wires.find(({ name }) => name === wire)?.callbacks;
  if (found === undefined) throw new Error(`the wire ${wire} tells nobody anything`);
  return found.output(url, project, signer);
}

function outputOf(project: ProjectId, settings: Exclude<OutputSettings, FilesSettings | CallbackSettings>): Output {
  if (settings.type === 'mixpanel') return mixpanelOf(settings);
  if (settings.type === 'segment') return segment({ url: settings.url, authorization: basic(settings.writeKey, '') });
  if (settings.type === 'mparticle-webhook') {
    const { url, authorization, includeDeviceId = false, uniqueId, batchSeconds } = settings;
    return mparticleWebhook({
      url,
      includeDeviceId,
      ...(authorization === undefined ? {} : { authorization }),
      ...(uniqueId === undefined ? {} : { uniqueId }),
      ...(batchSeconds === undefined ? {} : { batchMs: batchSeconds * 1_000 }),
    });
  }
  const { url, secret, previousSecret, expand = false } = settings;
  const secrets = [secret, ...(previousSecret === undefined ? [] : [previousSecret])].map(secretBytes);
  return webhook({ project, url, secrets: () => secrets, expand });
}

function mixpanelOf(settings: Extract<OutputSettings, { readonly type: 'mixpanel' }>): Output {
  const { url, token, apiSecret, serviceAccount, identity = 'anchors', settleSeconds } = settings;
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
    ...(settleSeconds === undefined ? {} : { settleMs: settleSeconds * 1_000 }),
    ...(authorization === undefined ? {} : { authorization }),
    ...(serviceAccount === undefined ? {} : { projectId: encodeURIComponent(serviceAccount.projectId) }),
  });
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

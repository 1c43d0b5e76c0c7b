import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ProjectId } from '@selfsame/identity';
import { signSpid } from '@selfsame/protocols';
import type { Ingest, Store } from '@selfsame/store';
import { historyAt, openBooks, readRestores } from '@selfsame/store-embedded';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Projects } from '../../context.ts';
import type { LiveFeed } from '../../live/feed.ts';
import { outgoingOf } from '../../live/outgoing.ts';
import type { ProjectSettings, Settings } from '../../settings/load.ts';
import { SPID_CALLBACKS, type SpidCallbackSettings } from '../../settings/output-schema.ts';
import { FileFolder } from '../files/folder.ts';
import { createPost } from '../outbound/post.ts';
import { createAlerts } from './alerts.ts';
import { Connections } from './connections.ts';
import { openKeptSettings } from './kept-settings.ts';
import { createOutputMetrics } from './metrics.ts';
import { Outputs } from './outputs.ts';

export interface OutputsOptions {
  readonly settings: Pick<Settings, 'projects' | 'allowPrivateOutputs' | 'filesDirectory'>;
  /** Tells this installation from others; no secret. */
  readonly installation: string;
  /** HMAC-SHA256 under a project's signing secret. */
  readonly hmac: (project: ProjectId, input: string) => Uint8Array;
  /** The data directory. */
  readonly directory: string;
  readonly store: Store;
  readonly projects: Projects;
  readonly ingest: Pick<Ingest, 'watch'>;
  readonly live: Pick<LiveFeed, 'tellOut'>;
  readonly clock: () => number;
  readonly log: Logger;
  readonly registry: Registry;
}

/** When a file of an output of files ends. */
const ROTATE_BYTES = 64 << 20;
const ROTATE_SECONDS = 900;

/** The output that a project's `wires.spid.callbackUrl` asks for. */
function callbacksOf({ keys, wires }: ProjectSettings): readonly SpidCallbackSettings[] {
  const url = keys?.spid === undefined ? undefined : wires.spid?.callbackUrl;
  return url === undefined ? [] : [{ id: SPID_CALLBACKS, type: SPID_CALLBACKS, url }];
}

/** Starts every output of the settings file and of `outputs.json`, with the connections of both. */
export async function startOutputs(options: OutputsOptions): Promise<Outputs> {
  const { settings, directory, installation, hmac, store, projects, ingest, live, clock, log, registry } = options;
  const metrics = createOutputMetrics(registry, () => outputs);
  const books = openBooks(join(directory, 'outputs.db'));
  const restores = readRestores(directory);
  const connections = new Connections(
    openKeptSettings(directory, 'connections.json', new Map(settings.projects.map((one) => [one.id, one.connections]))),
  );
  const filesDirectory = resolve(settings.filesDirectory ?? join(directory, 'files'));
  const directoryOf = (project: string, id: string) => join(filesDirectory, project, id);
  const post = createPost({ allowed: settings.allowPrivateOutputs });
  const alert = createAlerts({
    settings: new Map(settings.projects.flatMap(({ id, alerts }) => (alerts === undefined ? [] : [[id, alerts]]))),
    post,
    clock,
    later: (run, ms) => void setTimeout(run, ms).unref(),
    onFailure: (project, why) => log.warn({ project, why }, 'nobody could be told of an output that halted'),
  });
  const outputs: Outputs = new Outputs({
    settings: openKeptSettings(
      directory,
      'outputs.json',
      new Map(settings.projects.map((one) => [one.id, [...one.outputs, ...callbacksOf(one)]])),
    ),
    connections,
    logBytes: () => bytesOf(join(directory, 'selfsame.db')) + bytesOf(join(directory, 'selfsame.db-wal')),
    store,
    projects,
    books,
    sign: (project, payload) => signSpid(payload, project, { hmac: (id, _secret, input) => hmac(id, String(input)) }),
    historyAt: (position) => historyAt(restores, position),
    directoryOf,
    folderOf: (
      project,
      { id, format = 'parquet', expand = false, rotateBytes = ROTATE_BYTES, rotateSeconds = ROTATE_SECONDS },
    ) =>
      new FileFolder({
        directory: directoryOf(project, id),
        output: `${project}/${id}`,
        format,
        expand,
        rotateBytes,
        rotateMs: rotateSeconds * 1_000,
        log: installation,
        restores,
      }),
    post,
    clock,
    onTold(project, output, told) {
      metrics.tell(output, told);
      connections.count(project, output, told);
      live.tellOut(project, outgoingOf(output, told, clock()));
      if (told.type !== 'sent') return;
      const { delivery, outcome } = told;
      if (output === SPID_CALLBACKS && outcome.type === 'retry' && told.nth === 0)
        log.warn({ project, output, why: outcome.why }, 'a SPiD callback was not taken');
      if (outcome.type === 'dead') log.warn({ project, output, why: outcome.why }, 'a message became a dead letter');
      if (outcome.type === 'done' && delivery.replay) books.bury(`${project}/${output}`, [delivery.message.place]);
    },
    onState(project, output, state, reason) {
      alert(project, output, state, reason);
      if (state === 'halted' || state === 'stopped') log.error({ project, output, reason }, 'an output halted');
      else log.info({ project, output, state }, 'an output changed its state');
    },
    onError: (project, output, err) => log.error({ project, output, err }, 'an output could not go on'),
  });
  await outputs.start();
  ingest.watch((outcomes) => {
    connections.countIn(outcomes);
    outputs.wake();
  });
  return outputs;
}

const bytesOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Position, ProjectId } from '@selfsame/identity';
import type { Connection } from '@selfsame/outputs';
import { wires as allWires, type Wire } from '@selfsame/protocols';
import { historyAt, openBooks, readRestores } from '@selfsame/store-embedded';
import type { Logger } from 'pino';
import type { Projects } from '../../context.ts';
import type { ProjectSettings, Settings } from '../../settings/load.ts';
import type { CallbackSettings, OutputSettings } from '../../settings/output-schema.ts';
import { installationOf, type Opened, unlocked, vaultOf } from '../../settings/secrets.ts';
import { hasOwnKey, settingsOfWire } from '../../wires/spoken.ts';
import { FileFolder } from '../files/folder.ts';
import { createPost } from '../outbound/post.ts';
import { createAlerts } from './alerts.ts';
import { Connections } from './connections.ts';
import { lockKept, openKeptSettings } from './kept-settings.ts';
import type { OutputSurroundings } from './running-output.ts';

export interface SurroundingsOptions {
  readonly settings: Pick<Settings, 'projects' | 'allowPrivateOutputs' | 'filesDirectory'>;
  readonly secrets: Opened;
  /** HMAC-SHA256 under a project's signing secret. */
  readonly hmac: (project: ProjectId, input: string | Uint8Array) => Uint8Array;
  /** The data directory. */
  readonly directory: string;
  readonly projects: Projects;
  /** All unless said otherwise. */
  readonly wires?: readonly Wire[];
  readonly clock: () => number;
  readonly log: Logger;
}

/** When a file of an output of files ends. */
const ROTATE_BYTES = 64 << 20;
const ROTATE_SECONDS = 900;

/** The outputs that settings of its wires make of a project, where it speaks them. */
const callbacksOf = (project: ProjectSettings, wires: readonly Wire[]): readonly CallbackSettings[] =>
  wires.flatMap((wire) => {
    const { name, keys, callbacks } = wire;
    if (callbacks === undefined || (keys?.own === 'must' && !hasOwnKey(project, wire))) return [];
    const url = settingsOfWire(project, wire)[callbacks.setting];
    return typeof url === 'string' ? [{ id: callbacks.id, type: callbacks.id, wire: name, url }] : [];
  });

/** The outputs of the settings file and of `outputs.json`, as they are now. */
export const outputsIn = (
  directory: string,
  projects: Settings['projects'],
  opened: Opened,
  wires: readonly Wire[] = allWires,
) =>
  openKeptSettings<OutputSettings>(
    directory,
    OUTPUTS,
    new Map(projects.map((one) => [one.id, [...one.outputs, ...callbacksOf(one, wires)]])),
    vaultOf(opened, OUTPUTS),
  );

/** Has `outputs.json` locked as the secrets are now; of the process that writes it. */
export const lockOutputsFile = (directory: string, opened: Opened): void =>
  lockKept(directory, OUTPUTS, vaultOf(opened, OUTPUTS));

/** It holds the secrets of outputs. */
const OUTPUTS = 'outputs.json';

/** The connections of the settings file and of `connections.json`, as they are now. */
export const connectionsIn = (directory: string, projects: Settings['projects']) =>
  openKeptSettings<Connection>(
    directory,
    'connections.json',
    new Map(projects.map((one) => [one.id, one.connections])),
    unlocked,
  );

/** What outputs stand on, in whichever process they run. */
export function openSurroundings(options: SurroundingsOptions) {
  const { settings, directory, hmac, projects, clock, log, wires = allWires } = options;
  const restores = readRestores(directory);
  const post = createPost({ allowed: settings.allowPrivateOutputs });
  const filesDirectory = resolve(settings.filesDirectory ?? join(directory, 'files'));
  const directoryOf = (project: string, id: string) => join(filesDirectory, project, id);
  const alert = createAlerts({
    settings: new Map(settings.projects.flatMap(({ id, alerts }) => (alerts === undefined ? [] : [[id, alerts]]))),
    post,
    clock,
    later: (run, ms) => void setTimeout(run, ms).unref(),
    onFailure: (project, why) => log.warn({ project, why }, 'nobody could be told of an output that halted'),
  });
  return {
    settings: outputsIn(directory, settings.projects, options.secrets, wires),
    connections: new Connections(connectionsIn(directory, settings.projects)),
    logBytes: () => bytesOf(join(directory, 'selfsame.db')) + bytesOf(join(directory, 'selfsame.db-wal')),
    projects,
    books: openBooks(join(directory, 'outputs.db')),
    wires,
    signer: { hmac: (project, _secret, input) => hmac(project, input) } satisfies OutputSurroundings['signer'],
    historyAt: (position: Position) => historyAt(restores, position),
    directoryOf,
    folderOf: ((
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
        log: installationOf(options.secrets.secrets),
        restores,
      })) satisfies OutputSurroundings['folderOf'],
    post,
    clock,
    onState: ((project, output, state, reason) => {
      alert(project, output, state, reason);
      if (state === 'halted' || state === 'stopped') log.error({ project, output, reason }, 'an output halted');
      else log.info({ project, output, state }, 'an output changed its state');
    }) satisfies OutputSurroundings['onState'],
    onError: (project: ProjectId, output: string, err: unknown) =>
      log.error({ project, output, err }, 'an output could not go on'),
  };
}

/** What the process that sends does about what became of a message, beside counting it. */
export const noteIn =
  ({
    books,
    wires,
    log,
  }: Pick<OutputSurroundings, 'books' | 'wires'> & { readonly log: Logger }): OutputSurroundings['onTold'] =>
  (project, output, told) => {
    if (told.type !== 'sent') return;
    const { delivery, outcome } = told;
    const teller =
      outcome.type === 'retry' && told.nth === 0 && wires.find(({ callbacks }) => callbacks?.id === output);
    if (teller) log.warn({ project, output, why: outcome.why }, `a ${teller.label} callback was not taken`);
    if (outcome.type === 'dead') log.warn({ project, output, why: outcome.why }, 'a message became a dead letter');
    if (outcome.type === 'done' && delivery.replay) books.bury(`${project}/${output}`, [delivery.message.place]);
  };

const bytesOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

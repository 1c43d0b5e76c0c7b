import { join } from 'node:path';
import type { Instant, ProjectId } from '@selfsame/identity';
import { signSpid } from '@selfsame/protocols';
import type { Ingest, Store } from '@selfsame/store';
import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Settings } from '../../settings/load.ts';
import { createPost } from '../outbound/post.ts';
import { SpidCallbacks } from './callbacks.ts';
import { CallbackQueue } from './queue.ts';

export interface SpidCallbackOptions {
  readonly settings: Pick<Settings, 'projects' | 'allowPrivateOutputs'>;
  /** The data directory. */
  readonly directory: string;
  readonly store: Store;
  readonly ingest: Pick<Ingest, 'watch'>;
  readonly clock: () => Instant;
  readonly hmac: (project: ProjectId, input: string) => Uint8Array;
  readonly log: Logger;
  readonly registry: Registry;
}

/**
 * Starts the callbacks of every project that has a `wires.spid.callbackUrl`; answers how to stop them. Without such a
 * project nothing is opened and the log is not read.
 */
export async function startSpidCallbacks(options: SpidCallbackOptions): Promise<() => Promise<void>> {
  const { settings, directory, store, ingest, clock, hmac, log, registry } = options;
  const urls = new Map(
    settings.projects.flatMap(({ id, keys, wires }) => {
      const url = keys?.spid === undefined ? undefined : wires.spid?.callbackUrl;
      return url === undefined ? [] : [[id, url] as const];
    }),
  );
  if (urls.size === 0) return async () => {};
  const queue = new CallbackQueue(join(directory, 'spid-callbacks.db'));
  const outcomes = new Counter({
    name: 'selfsame_spid_callbacks_total',
    help: 'Attempts to tell a SPiD client of changes, by what came of them.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  new Gauge({
    name: 'selfsame_spid_notices_waiting',
    help: 'Changes that SPiD clients are yet to be told of, without those on their way.',
    registers: [registry],
    collect() {
      this.set([...urls.keys()].reduce((sum, project) => sum + queue.waiting(project), 0));
    },
  });
  const callbacks = new SpidCallbacks({
    urls,
    queue,
    store,
    clock,
    sign: (project, payload) => signSpid(payload, project, { hmac: (id, _secret, input) => hmac(id, String(input)) }),
    post: createPost({ allowed: settings.allowPrivateOutputs }),
    timer(run, ms) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    onOutcome(outcome, project, sent) {
      outcomes.inc({ outcome });
      if (outcome === 'failed') log.error({ project, ...sent }, 'a SPiD callback failed for good');
      else if (outcome === 'retried') log.warn({ project, ...sent }, 'a SPiD callback was not taken');
    },
    onError: (err) => log.error({ err }, 'SPiD callbacks could not go on'),
  });
  await callbacks.start();
  const unwatch = ingest.watch(() => callbacks.wake());
  return async () => {
    unwatch();
    await callbacks.stop();
  };
}

import type { StoreAtHand } from '@selfsame/store';
import { lockOutputs } from '@selfsame/store-embedded';
import type { Registry } from 'prom-client';
import type { LiveFeed } from '../../live/feed.ts';
import { outgoingOf } from '../../live/outgoing.ts';
import type { Settings } from '../../settings/load.ts';
import { becameOf } from './became.ts';
import { openOutputsLine } from './beside/line.ts';
import { RemoteOutput, reload } from './beside/remote-output.ts';
import { logOf } from './log.ts';
import { createOutputMetrics } from './metrics.ts';
import { Outputs } from './outputs.ts';
import { createPace } from './pace.ts';
import { RunningOutput } from './running-output.ts';
import { lockOutputsFile, noteIn, openSurroundings, type SurroundingsOptions } from './surroundings.ts';

export interface OutputsOptions extends SurroundingsOptions {
  readonly settings: SurroundingsOptions['settings'] & Pick<Settings, 'outputs'>;
  readonly store: StoreAtHand;
  readonly live: Pick<LiveFeed, 'tellOut'>;
  readonly registry: Registry;
}

/** Most of its thread that intake and outputs use together while intake is at work. */
const MOST = 0.75;

/**
 * Starts every output of the settings file and of `outputs.json`, with the connections of both; or, where the settings
 * say so, waits for the process that runs them.
 * @throws StoreError when another process runs them and this one is to.
 */
export async function startOutputs(options: OutputsOptions): Promise<Outputs> {
  const { store, live, registry } = options;
  const isElsewhere = options.settings.outputs.in === 'process';
  const unlock = isElsewhere ? undefined : lockOutputs(options.directory);
  lockOutputsFile(options.directory, options.secrets);
  const around = openSurroundings(options);
  const metrics = createOutputMetrics(registry, () => outputs, around.wires);
  const pace = createPace(MOST, 'thread');
  const parts = { ...around, log: logOf(store), pace };
  const outputs = await (isElsewhere ? elsewhere() : here());
  store.live.watch((_, stream) => {
    if (stream === 'out') return;
    pace.intake();
    outputs.wake();
  });
  return outputs;

  async function here(): Promise<Outputs> {
    const note = noteIn({ ...around, log: options.log });
    const running = new Outputs({
      ...parts,
      make: (project, settings) =>
        new RunningOutput(project, settings, {
          ...parts,
          onTold(project, output, told) {
            const became = becameOf(project, output, told);
            metrics.count(became, 1);
            around.connections.count(became, 1);
            live.tellOut(project, outgoingOf(output, told, around.clock()));
            note(project, output, told);
          },
        }),
      onStopped: async () => unlock?.(),
    });
    await running.start();
    return running;
  }

  async function elsewhere(): Promise<Outputs> {
    const line = await openOutputsLine(options.directory, ({ became, shown }) => {
      for (const [one, messages] of became) {
        metrics.count(one, messages);
        around.connections.count(one, messages);
      }
      for (const [project, outgoing] of shown) live.tellOut(project, outgoing);
    });
    const watched = new Outputs({
      ...parts,
      make: (project, settings) => new RemoteOutput(project, settings, around.books, line),
      onChanged: () => reload(line),
      onStopped: () => line.close(),
    });
    await watched.start();
    return watched;
  }
}

import { createHmac } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { lockOutputs, openLogBeside } from '@selfsame/store-embedded';
import { destination } from 'pino';
import { outgoingOf } from '../../../live/outgoing.ts';
import { createLog } from '../../../log.ts';
import { openPolicies } from '../../../policy/file.ts';
import { createProjects } from '../../../settings/keyring.ts';
import { defaultSettings, loadSettings } from '../../../settings/load.ts';
import { personIds } from '../../../settings/person-ids.ts';
import { keyFor, type Opened, openSecrets } from '../../../settings/secrets.ts';
import { stopOnSignals } from '../../../signals.ts';
import type { Surroundings } from '../../../start.ts';
import { becameOf } from '../became.ts';
import { Outputs } from '../outputs.ts';
import { createPace } from '../pace.ts';
import { RunningOutput } from '../running-output.ts';
import { connectionsIn, noteIn, openSurroundings, outputsIn } from '../surroundings.ts';
import { keepLine } from './keep-line.ts';
import { goLastInLine } from './last-in-line.ts';
import { LogFollowed } from './log-followed.ts';
import { Reports } from './reports.ts';
import type { Ask } from './words.ts';

/** How often it looks whether the log has grown, ms. */
const LOOK = 20;

/** Most of a core that it uses while the log grows: the rest is for whoever writes it. */
const MOST = 0.9;

export interface OutputsProcess {
  /** Ends what is under way; it goes on after the next start. */
  stop(): Promise<void>;
}

/**
 * Runs the outputs of a data directory in this process, beside the server that writes its log: reads that, keeps the
 * books, and sends. It goes on while the server is away, and does what the server asks when it is there.
 * @throws ConfigError with every problem of the settings · StoreError when another process runs them · Error with a
 * sentence on what to do.
 */
export async function startOutputsProcess(
  { config, data }: { readonly config?: string; readonly data: string },
  { foreground = true, logTo }: Pick<Surroundings, 'foreground' | 'logTo'> = {},
): Promise<OutputsProcess> {
  const opened = secretsIn(data);
  const { secrets } = opened;
  const policies = openPolicies(data, Date.now);
  const settings = config === undefined ? defaultSettings(secrets) : loadSettings(config, policies.begunWith);
  const unlock = lockOutputs(data);
  if (foreground) {
    // What is made here is for its owner's eyes only, and whoever is answered comes first.
    process.umask(0o077);
    goLastInLine();
  }
  const log = createLog(process.env['SELFSAME_LOG'] ?? 'info', logTo ?? destination(2));
  const projects = createProjects(settings.projects, personIds(keyFor(secrets, 'person-ids')), {
    ...policies,
    // The server keeps them.
    keep: () => {},
  });
  const signing = new Map(settings.projects.map((one) => [one.id, one.signingSecret]));
  const around = openSurroundings({
    settings,
    directory: data,
    secrets: opened,
    hmac: (project, input) =>
      createHmac('sha256', signing.get(project) ?? '')
        .update(input)
        .digest(),
    projects,
    clock: Date.now,
    log,
  });
  const file = openLogBeside(data);
  const followed = new LogFollowed(file, projects);
  const note = noteIn({ ...around, log });
  const reports = new Reports();
  const pace = createPace(MOST, 'processor');
  const parts = { ...around, log: followed, pace };
  const outputs = new Outputs({
    ...parts,
    make: (project, one) =>
      new RunningOutput(project, one, {
        ...parts,
        onTold(project, output, told) {
          reports.add(becameOf(project, output, told), () => outgoingOf(output, told, Date.now()));
          note(project, output, told);
        },
      }),
  });

  let reloading: Promise<void> = Promise.resolve();
  /** Takes the settings, connections and policies as the server has left them; one after the other. */
  function reload(): Promise<void> {
    const mine = reloading.then(readAgain);
    reloading = mine.catch(() => {});
    return mine;
  }
  async function readAgain(): Promise<void> {
    around.connections.reload(connectionsIn(data, settings.projects));
    for (const [id, policy] of openPolicies(data, Date.now).chosen) {
      if (projects.byId(id) === undefined || isDeepStrictEqual(policy, projects.rules(id).policy)) continue;
      projects.choose(id, policy, { by: 'server' });
      followed.refold(id);
      await outputs.refold(id);
    }
    await outputs.reload(outputsIn(data, settings.projects, opened));
  }

  async function answer(ask: Ask): Promise<unknown> {
    if (ask.type === 'reload') {
      await reload();
      return null;
    }
    const one = outputs.output(ask.project, ask.output);
    if (one === undefined) throw new Error('the process of the outputs has no such output: start it again');
    switch (ask.type) {
      case 'replay':
        await one.replay(ask.from, ask.until, ask.places === undefined ? undefined : new Map(ask.places));
        return null;
      default:
        return (await one[ask.type]()) ?? null;
    }
  }

  let grown = file.grown();
  await outputs.start();
  const looking = setInterval(() => {
    const now = file.grown();
    if (now > grown) {
      pace.intake();
      outputs.wake();
    }
    grown = now;
  }, LOOK);
  const onServer = () => void reload().catch((err) => log.error({ err }, 'the settings could not be read again'));
  const line = keepLine(data, { answer, onServer, reports, log });
  log.info({ projects: projects.all.length }, 'outputs run');
  let stopped: Promise<void> | undefined;
  const running: OutputsProcess = { stop: () => (stopped ??= stop()) };
  if (foreground) stopOnSignals(running.stop);
  return running;

  async function stop(): Promise<void> {
    clearInterval(looking);
    line.close();
    await outputs.stop();
    file.close();
    unlock();
    log.info('stopped');
  }
}

function secretsIn(data: string): Opened {
  const opened = openSecrets(data);
  if (opened === undefined) throw new Error(`There is no data in ${data} yet: start the server on it first.`);
  return opened;
}

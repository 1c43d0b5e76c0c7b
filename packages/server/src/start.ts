import { createHmac } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { wires as allWires, type SigningSecret, type Wire } from '@selfsame/protocols';
import { createIngest, type Ingest } from '@selfsame/store';
import { openColumnsOnceAsked, openEmbeddedStore, refuseHalfRestored } from '@selfsame/store-embedded';
import type { FastifyInstance } from 'fastify';
import { type DestinationStream, destination } from 'pino';
import { announce, tokenFileOf } from './announce.ts';
import { emptyScratch } from './columns/scratch-place.ts';
import { openEndedSessions } from './console/ended-sessions.ts';
import { openSavedQuestions } from './console/saved-questions.ts';
import { createConsoleSessions } from './console/session.ts';
import type { ServerContext } from './context.ts';
import { startOutputs } from './delivery/outputs/index.ts';
import { createAdmission } from './http/admission.ts';
import { buildApp } from './http/app.ts';
import { createByteBudget } from './http/byte-budget.ts';
import { assertFree, openDoors, ownDoor } from './http/doors.ts';
import { serveMetrics } from './http/metrics-server.ts';
import { addressBehind, peerBehind } from './http/proxy.ts';
import { createRateLimits, defaultAddressRate } from './http/rate-limits.ts';
import type { TimeLimits } from './http/server.ts';
import { createStreamSlots } from './http/stream-slots.ts';
import { fingerprintOf, loadCertificate } from './http/tls.ts';
import { limits } from './limits.ts';
import { countConflicts } from './live/conflicts.ts';
import { createLiveFeed } from './live/feed.ts';
import { countInputs } from './live/inputs.ts';
import { createRefusalCounts } from './live/refusal-counts.ts';
import { createRefusalReasons } from './live/refusal-reasons.ts';
import { createRefusals } from './live/refusals.ts';
import { openUnsigned } from './live/unsigned.ts';
import { countUntimed } from './live/untimed.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { fieldChanges } from './policy/field-changes.ts';
import { openPolicies } from './policy/file.ts';
import { today } from './policy/overrides.ts';
import { createRefolds } from './policy/refold/refolds.ts';
import { createSimulations } from './policy/what-if/simulations.ts';
import { createQuarantine } from './quarantine/quarantine.ts';
import { runtimeProblem } from './runtime.ts';
import { createProjects } from './settings/keyring.ts';
import { defaultSettings, loadSettings, type Settings } from './settings/load.ts';
import { personIds } from './settings/person-ids.ts';
import { keyFor, loadSecrets } from './settings/secrets.ts';
import { watchServerKeys } from './settings/server-keys.ts';
import { stopOnSignals } from './signals.ts';
import { stopServer } from './stop.ts';
import { createStorageProbe } from './storage-probe.ts';
import { watchStore } from './store-watch.ts';
import { wireFinder } from './wires/finder.ts';
import { wireHandler } from './wires/handler.ts';
import { hostFactory } from './wires/host.ts';
import { ReadingRoom } from './wires/reading-room.ts';

/** What `selfsame serve` is told; every field is a flag. */
export interface ServeOptions {
  /** Path of the settings file; absent: one project `demo`. */
  readonly config?: string;
  /** The data directory; made if missing. */
  readonly data: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  readonly tls?: boolean;
  /** The key that locks the secrets of the data directory, outside of it; made if missing. Absent: they are not locked. */
  readonly secretsKeyFile?: string;
  /** PEM files. */
  readonly cert?: string;
  readonly key?: string;
  /** Other stores than the embedded ones, as URLs. */
  readonly store?: string;
  readonly columns?: string;
}

/** What only a program that holds the server may choose: tests, mostly. */
export interface Surroundings {
  readonly clock?: () => number;
  readonly times?: Partial<Record<keyof TimeLimits, number>>;
  /** The wires it speaks; all unless said otherwise. */
  readonly wires?: readonly Wire[];
  /** Items that may wait to be stored. */
  readonly queuedItems?: number;
  /** Bytes of bodies that may be worked on at a time. */
  readonly mostUnderWayBytes?: number;
  /** Where log lines go; the process's standard error by default. */
  readonly logTo?: DestinationStream;
  /** Print what to open, and stop on SIGTERM and SIGINT. Default true. */
  readonly foreground?: boolean;
}

export interface RunningServer {
  /** `http://127.0.0.1:4400` */
  readonly url: string;
  /** Opens the console, signed in. */
  readonly loginUrl: string;
  /** Of `/metrics`, where the settings give it an address of its own. */
  readonly metricsPort?: number;
  readonly context: ServerContext;
  /** Takes no more, answers what is in flight, closes the stores (G15). Calling it again waits for the same. */
  stop(): Promise<void>;
}

/**
 * Starts the server; resolves when it answers.
 * @throws ConfigError with every problem of the settings · StoreError · Error with a sentence on what to do.
 */
export async function startServer(options: ServeOptions, surroundings: Surroundings = {}): Promise<RunningServer> {
  const {
    clock = Date.now,
    foreground = true,
    queuedItems = limits.queuedItems,
    wires: spoken = allWires,
  } = surroundings;
  const unfit = runtimeProblem(process.versions.node);
  if (unfit !== undefined) throw new Error(unfit);
  if (options.store !== undefined || options.columns !== undefined)
    throw new Error(
      '--store and --columns name stores that are not built yet: leave them out to use the embedded ones.',
    );

  const log = createLog(process.env['SELFSAME_LOG'] ?? 'info', surroundings.logTo ?? destination(2));
  keepToOwner();
  refuseHalfRestored(options.data);
  const opened = loadSecrets(options.data, options.secretsKeyFile);
  const { secrets, key } = opened;
  if (key?.made)
    log.warn({ file: key.file }, 'made the key of the secrets: keep a copy, without it people would get new ids');
  chmodSync(options.data, 0o700);
  const policies = openPolicies(options.data, clock);
  const settings =
    options.config === undefined ? defaultSettings(secrets) : loadSettings(options.config, policies.begunWith, spoken);
  const wires = new Map(spoken.map((wire) => [wire.name, wire]));
  const certificate = await loadCertificate(options, options.data);
  const keys = watchServerKeys(options.data, clock, (err) => log.error({ err }, 'the server keys stay as they were'));
  const projects = createProjects(settings.projects, personIds(keyFor(secrets, 'person-ids')), policies, keys, spoken);
  const unnamed = new Set(settings.projects.filter(({ policy }) => policy.preset === undefined).map(({ id }) => id));
  policies.settle(projects.all.map((one) => ({ ...one, isUnnamed: unnamed.has(one.id) })));
  for (const project of policies.chosen.keys())
    log.info({ project }, 'its policy is the one an operator chose, not the settings file’s');
  for (const project of unnamed) {
    const differs = fieldChanges(policies.begunWith(project), today).map(({ field }) => field);
    if (differs.length > 0 && !policies.chosen.has(project))
      log.info({ project, differs }, `${keepsDefault}: to take today’s, name it there, "preset": "${today.preset}"`);
  }

  const budget = createByteBudget(limits.waitingBytes);
  const bodies = budget.share(limits.waitingBytes);
  const admission = createAdmission({
    least: limits.leastUnderWayBytes,
    most: surroundings.mostUnderWayBytes ?? limits.mostUnderWayBytes,
    targetMs: limits.answerTargetMs,
  });
  const rates = createRateLimits(
    settings.rateLimits.address === undefined
      ? { ...defaultAddressRate, loopback: false }
      : ((settings.rateLimits.address && { ...settings.rateLimits.address, loopback: true }) ?? undefined),
    new Map(settings.projects.map((one) => [one.id, one.rateLimits])),
  );
  const metrics = createMetrics({
    store: () => watch.store,
    queued: () => ingest.depth,
    admitted: () => admission.limit,
    bodyBytes: () => bodies.used,
    refused: () => refusals.byRule(),
    conflicts: () => conflicts.byWire(),
  });
  const embedded = await openEmbeddedStore({
    directory: options.data,
    rules: projects.rules,
    onReplay: (done, total) => log.info({ done, total }, 'folding the log'),
  });
  const scratch = emptyScratch(options.data);
  const watch = watchStore(embedded, metrics.observeCommit);
  const { store } = watch;
  const room = new ReadingRoom({
    share: limits.readShareBytes,
    bytes: limits.readBytes,
    isAhead: () => ingest.hasEnough,
  });
  const ingest: Ingest = createIngest({
    store,
    clock,
    rules: projects.rules,
    maxQueued: queuedItems,
    onTaken: () => room.look(),
  });
  const live = createLiveFeed(store.live);
  const refusals = createRefusalReasons(store.live, clock());
  ingest.watch(refusals.note);
  const conflicts = countConflicts(store, (listener) => ingest.watch(listener));
  const untimed = countUntimed(store.live, (listener) => ingest.watch(listener));
  const inputs = countInputs(store.live, (listener) => ingest.watch(listener));
  const unsigned = await openUnsigned({
    directory: options.data,
    store,
    projects: projects.all.map(({ id }) => id),
    clock,
    watch: (listener) => ingest.watch(listener),
  });
  const columns = await openColumnsOnceAsked({
    directory: options.data,
    feed: store.feed,
    log: (line) => log.warn(line),
    onProgress: (project, done, total) => log.info({ project, done, total }, 'feeding the columns'),
  });
  const secretOf = secretsOf(settings);
  const outputs = await startOutputs({
    settings,
    directory: options.data,
    secrets: opened,
    hmac: (project, input) => createHmac('sha256', secretOf(project, 'signing')).update(input).digest(),
    store,
    projects,
    wires: spoken,
    live,
    clock,
    log,
    registry: metrics.registry,
  });
  const stopping = new AbortController();
  const probe = createStorageProbe(options.data);
  const { key: metricsKey, listen: metricsAt } = settings.metrics;
  const scraped = metricsAt && (await serveMetrics(metrics.registry, metricsKey, metricsAt));
  const turnedAway = createRefusalCounts(store.live, clock);
  const tellOfRefusal = createRefusals({
    clock,
    tell(notices) {
      refusals.note(notices);
      live.tell(notices);
    },
    later: (run, ms) => void setTimeout(run, ms).unref(),
  });
  const context: ServerContext = {
    store,
    columns,
    ingest,
    live,
    untimed,
    inputs,
    conflicts,
    unsigned,
    streams: createStreamSlots(limits.streams),
    outputs,
    policies,
    refolds: createRefolds({
      directory: options.data,
      secret: keyFor(secrets, 'person-ids'),
      projects,
      adopt: embedded.adopt,
      head: embedded.last,
    }),
    scratch,
    simulations: createSimulations({
      directory: options.data,
      scratch,
      store,
      secret: keyFor(secrets, 'person-ids'),
      clock,
    }),
    savedQuestions: openSavedQuestions(options.data),
    turnedAway,
    refusals,
    quarantine: createQuarantine({ store, ingest }),
    clock,
    projects,
    wires,
    sessions: createConsoleSessions(
      keyFor(secrets, 'console-sessions'),
      clock,
      openEndedSessions(join(options.data, 'ended-sessions.json')),
    ),
    stopping: stopping.signal,
    shopPath: projects.byId('demo') === undefined ? null : '/shop/',
  };
  const peer = peerBehind(settings.trustedProxies);
  const times = { ...limits, ...surroundings.times };
  const app: FastifyInstance = await buildApp({
    context,
    budget,
    bodies,
    rates,
    log,
    times,
    certificate,
    trustedProxies: settings.trustedProxies,
    peer,
    find: wireFinder(wires, settings.hosts),
    handleWire: wireHandler({
      ingest,
      room,
      host: hostFactory({ store, projects, clock, secretOf }),
      peer,
      addressOf: addressBehind(settings.trustedProxies),
      bodies,
      admission,
      rates,
      stopping: stopping.signal,
      bodyTimeoutMs: times.bodyTimeoutMs,
      onError: (wire, err) => log.error({ wire, err }, 'a wire failed on a request'),
      onRefusal(refusal, cause) {
        turnedAway.count(refusal.project, cause);
        tellOfRefusal(refusal);
      },
      onDone: metrics.observeRequest,
    }),
    health: {
      metrics,
      metricsKey: settings.metrics.key,
      metricsElsewhere: settings.metrics.listen !== undefined,
      trouble: async () =>
        stopping.signal.aborted
          ? 'stopping'
          : watch.failing()
            ? 'the store failed'
            : ingest.depth > 0.9 * queuedItems || room.oldestMs > limits.answerTargetMs
              ? 'too much is waiting'
              : (await probe.canWrite())
                ? undefined
                : 'the storage takes no write',
    },
  });
  const at = { port: options.port, host: options.host };
  await assertFree(at);
  await app.listen({ ...at, ...ownDoor });
  await openDoors(app.server);
  const url = addressOf(app, certificate === undefined ? 'http' : 'https');

  let stopped: Promise<void> | undefined;
  const server: RunningServer = {
    url,
    ...(scraped === undefined ? {} : { metricsPort: scraped.port }),
    loginUrl: `${url}/login?token=${context.sessions.token}`,
    context,
    stop: () => (stopped ??= Promise.resolve(scraped?.stop()).then(() => stopServer({ app, context, stopping, log }))),
  };
  log.info({ url, projects: projects.all.length, wires: [...wires.keys()] }, 'ready');
  writeFileSync(tokenFileOf(options.data), `${context.sessions.token}\n`, { mode: 0o600 });
  if (foreground) {
    // First, since whoever reads the announcement may stop us at once.
    stopOnSignals(server.stop);
    announce(server, options.data, certificate && fingerprintOf(certificate));
  }
  return server;
}

const keepsDefault = 'its settings name no preset, so it keeps the default it began with, which is another today';

/** Where a browser on this machine finds the server; a wildcard address is no address to open. */
function addressOf(app: FastifyInstance, scheme: 'http' | 'https'): string {
  const { address, port, family } = app.server.address() as AddressInfo;
  const open = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address;
  return `${scheme}://${open}:${port}`;
}

/** What we make from here on is for its owner's eyes only; a thread may not say so. */
function keepToOwner(): void {
  if (isMainThread) process.umask(0o077);
}

function secretsOf(settings: Settings) {
  const byProject = new Map(settings.projects.map((one) => [one.id, one]));
  return (project: string, secret: SigningSecret | 'server'): string => {
    const { serverKey, signingSecret, previousSigningSecret } = byProject.get(project) ?? {};
    const found = { server: serverKey, signing: signingSecret, previousSigning: previousSigningSecret }[secret];
    if (found === undefined) throw new Error('a wire asked for a secret that does not exist');
    return found;
  };
}

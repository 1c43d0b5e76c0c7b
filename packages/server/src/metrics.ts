import type { Store } from '@selfsame/store';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Conflicts } from './live/conflicts.ts';
import type { RefusalReasons } from './live/refusal-reasons.ts';

export interface Metrics {
  readonly registry: Registry;
  observeCommit(seconds: number): void;
  /** A connection was cut because what waited for it took too much memory. */
  countCut(): void;
  /** Something was refused before it was a request. */
  countRefused(status: number, cause: string): void;
  /** A request is over. @param surface a wire, or `api` */
  observeRequest(surface: string, seconds: number, status: number, cause: string | undefined): void;
}

/** What the gauges look at when somebody scrapes. */
export interface MetricSources {
  readonly store: () => Pick<Store, 'counts'>;
  readonly queued: () => number;
  readonly bodyBytes: () => number;
  /** Bytes that may be under way at a time. */
  readonly admitted: () => number;
  /** Items that were not applied since the start, and by which rule. */
  readonly refused: RefusalReasons['byRule'];
  readonly conflicts: Conflicts['byWire'];
}

const fates = ['applied', 'duplicate', 'rejected', 'quarantined', 'suppressed'] as const;

/**
 * Prometheus metrics. The terms of G5 are read from the store's own counts at each scrape: they cost intake nothing,
 * outlive a restart and cannot drift from a recount (G26). Labels name wires and fates, never projects or people (S40).
 */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Counter({
    name: 'selfsame_items_received_total',
    help: 'Items received, by wire: the sum of their fates.',
    labelNames: ['wire'],
    registers,
    async collect() {
      this.reset();
      for (const counts of await sources.store().counts())
        this.inc(
          { wire: counts.wire },
          fates.reduce((sum, fate) => sum + counts[fate], 0),
        );
    },
  });
  new Counter({
    name: 'selfsame_items_total',
    help: 'Items by wire and fate.',
    labelNames: ['wire', 'status'],
    registers,
    async collect() {
      this.reset();
      for (const counts of await sources.store().counts())
        for (const status of fates) this.inc({ wire: counts.wire, status }, counts[status]);
    },
  });
  new Counter({
    name: 'selfsame_refused_items_total',
    help: 'Items not applied since the start, by wire, fate and the rule of SPEC.md that says why; none: the item could not be read.',
    labelNames: ['wire', 'status', 'rule'],
    registers,
    async collect() {
      const refused = await sources.refused();
      this.reset();
      for (const { wire, status, rule, items } of refused)
        if (status !== 'turned-away') this.inc({ wire, status, rule: rule ?? 'none' }, items);
    },
  });
  new Counter({
    name: 'selfsame_insert_id_conflicts_total',
    help: 'Items since the start that had no effect, since their insert id was used, and said something else than the item that used it.',
    labelNames: ['wire'],
    registers,
    async collect() {
      const conflicts = await sources.conflicts();
      this.reset();
      for (const [wire, items] of conflicts) this.inc({ wire }, items);
    },
  });
  new Gauge({
    name: 'selfsame_queued_items',
    help: 'Items that wait to be stored.',
    registers,
    collect() {
      this.set(sources.queued());
    },
  });
  new Gauge({
    name: 'selfsame_body_bytes',
    help: 'Bytes of request bodies in memory.',
    registers,
    collect() {
      this.set(sources.bodyBytes());
    },
  });
  new Gauge({
    name: 'selfsame_admitted_bytes',
    help: 'Bytes of bodies that may be worked on at a time, as answers took lately.',
    registers,
    collect() {
      this.set(sources.admitted());
    },
  });
  const requests = new Histogram({
    name: 'selfsame_request_seconds',
    help: 'Time from the head of a request to its answer, by surface: a wire, or api.',
    labelNames: ['surface'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const bySurface = new Map<string, { observe(seconds: number): void }>();
  const refusals = new Counter({
    name: 'selfsame_refused_requests_total',
    help: 'Requests the server turned away, by surface, status and cause.',
    labelNames: ['surface', 'status', 'cause'],
    registers,
  });
  const commits = new Histogram({
    name: 'selfsame_commit_seconds',
    help: 'Time of one group commit, sync included.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const cuts = new Counter({
    name: 'selfsame_connections_cut_total',
    help: 'Connections cut because what they had begun, or did not read, took too much memory.',
    registers,
  });
  return {
    registry,
    observeCommit: (seconds) => commits.observe(seconds),
    countCut: () => cuts.inc(),
    countRefused: (status, cause) => refusals.inc({ surface: 'http', status: String(status), cause }),
    observeRequest(surface, seconds, status, cause) {
      let child = bySurface.get(surface);
      if (child === undefined) bySurface.set(surface, (child = requests.labels({ surface })));
      child.observe(seconds);
      if (cause !== undefined) refusals.inc({ surface, status: String(status), cause });
    },
  };
}

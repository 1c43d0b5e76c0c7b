import type { Callbacks, Wire } from '@selfsame/protocols';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Became } from './became.ts';
import type { Outputs } from './outputs.ts';

/** What an attempt of a wire's callbacks is called. */
const attempts = { done: 'delivered', retry: 'retried', dead: 'failed', halt: 'failed' } as const;

/** What operators watch of outputs. Labels name outputs and outcomes, never projects, people or addresses (S40). */
export function createOutputMetrics(registry: Registry, outputs: () => Outputs | undefined, wires: readonly Wire[]) {
  const registers = [registry];
  const outcomes = new Counter({
    name: 'selfsame_output_messages_total',
    help: 'Messages by output and what became of an attempt: done, retry, dead, halt, or kept back.',
    labelNames: ['output', 'outcome', 'status'],
    registers,
  });
  const kept = new Counter({
    name: 'selfsame_output_kept_total',
    help: 'Messages that an output did not send, by the step that kept them: connection, settings, filters, rules, consent, output.',
    labelNames: ['output', 'step'],
    registers,
  });
  const failures = new Counter({
    name: 'selfsame_output_failures_total',
    help: 'Attempts that failed, by why: the status of the answer, the error of the connection, address, or message.',
    labelNames: ['output', 'reason'],
    registers,
  });
  const gauge = (name: string, help: string, read: (one: Awaited<ReturnType<Outputs['all']>>[number]) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['output'],
      registers,
      async collect() {
        this.reset();
        for (const one of (await outputs()?.all()) ?? []) this.inc({ output: one.settings.id }, read(one));
      },
    });
  gauge('selfsame_output_lag_positions', 'Positions of the log an output is behind.', (one) => one.lag.positions);
  gauge(
    'selfsame_output_lag_seconds',
    'Age of the oldest message an output has yet to settle.',
    (one) => one.lag.seconds,
  );
  gauge(
    'selfsame_output_held',
    'Messages that wait for a retry, for one of the same person, or to be gathered.',
    (one) => one.held,
  );
  gauge(
    'selfsame_output_held_bytes',
    'About how many bytes of the log an output is yet to be told: they wait there and nowhere else.',
    (one) => one.heldBytes,
  );
  gauge('selfsame_output_dead', 'Dead letters.', (one) => one.dead);
  gauge('selfsame_output_halted', '1 while an output is halted.', (one) => (one.state === 'halted' ? 1 : 0));
  gauge('selfsame_output_limited', '1 while the limit of an output (perSecond) is what holds it back.', (one) =>
    one.limited ? 1 : 0,
  );
  const callbacks = new Map<string, Counter<'outcome'>>(
    wires.flatMap(({ callbacks: one }) => (one === undefined ? [] : [[one.id, counted(one)]])),
  );
  return {
    count({ output, outcome, step, status, code, first }: Became, messages: number): void {
      const answer = status === null ? '' : String(status);
      outcomes.inc({ output, outcome, status: answer }, messages);
      if (outcome === 'kept') {
        kept.inc({ output, step: step ?? '' }, messages);
        return;
      }
      if (outcome !== 'done') failures.inc({ output, reason: answer || (code ?? 'message') }, messages);
      if (first) callbacks.get(output)?.inc({ outcome: attempts[outcome] }, messages);
    },
  };

  /** The attempts of what a wire tells on its own, and beside them what is yet to be told. */
  function counted({ id, metrics }: Callbacks): Counter<'outcome'> {
    const counter = new Counter({ ...metrics.attempts, labelNames: ['outcome'] as const, registers });
    new Gauge({
      ...metrics.waiting,
      registers,
      async collect() {
        const mine = ((await outputs()?.all()) ?? []).filter(({ settings }) => settings.type === id);
        this.set(mine.reduce((sum, { waiting }) => sum + waiting, 0));
      },
    });
    return counter;
  }
}

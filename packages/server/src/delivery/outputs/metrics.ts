import { Counter, Gauge, type Registry } from 'prom-client';
import { SPID_CALLBACKS } from '../../settings/output-schema.ts';
import type { Became } from './became.ts';
import type { Outputs } from './outputs.ts';

/** What an attempt of SPiD's callbacks is called. */
const attempts = { done: 'delivered', retry: 'retried', dead: 'failed', halt: 'failed' } as const;

/** What operators watch of outputs. Labels name outputs and outcomes, never projects, people or addresses (S40). */
export function createOutputMetrics(registry: Registry, outputs: () => Outputs | undefined) {
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
  const callbacks = new Counter({
    name: 'selfsame_spid_callbacks_total',
    help: 'Attempts to tell a SPiD client of changes, by what came of them.',
    labelNames: ['outcome'],
    registers,
  });
  new Gauge({
    name: 'selfsame_spid_notices_waiting',
    help: 'Changes that SPiD clients are yet to be told of, without those on their way.',
    registers,
    async collect() {
      const mine = ((await outputs()?.all()) ?? []).filter(({ settings }) => settings.type === SPID_CALLBACKS);
      this.set(mine.reduce((sum, { waiting }) => sum + waiting, 0));
    },
  });
  return {
    count({ output, outcome, step, status, code, first }: Became, messages: number): void {
      const answer = status === null ? '' : String(status);
      outcomes.inc({ output, outcome, status: answer }, messages);
      if (outcome === 'kept') {
        kept.inc({ output, step: step ?? '' }, messages);
        return;
      }
      if (outcome !== 'done') failures.inc({ output, reason: answer || (code ?? 'message') }, messages);
      const isAttempt = output === SPID_CALLBACKS && first;
      if (isAttempt) callbacks.inc({ outcome: attempts[outcome] }, messages);
    },
  };
}

import type { Instant } from '@selfsame/identity';
import type { FlowState } from './books.ts';
import type { Sent } from './output.ts';
import { probeAfter } from './retry.ts';

/** Failures in a row after which a receiver counts as away. */
const AWAY_AFTER = 20;

/** Whether an output runs: its receiver may be away, or somebody may have paused it ([O7]). */
export class Health {
  #state: FlowState;
  #reason: string | null;
  #lastFailure: string | null = null;
  #inARow = 0;
  #probes = 0;
  #probeAt: Instant = 0;

  constructor({ state, reason }: { readonly state: FlowState; readonly reason: string | null }) {
    this.#state = state;
    this.#reason = reason;
  }

  get state(): FlowState {
    return this.#state;
  }

  /** Why it does not run. */
  get reason(): string | null {
    return this.#reason;
  }

  /** Why something was not taken, the last time. */
  get lastFailure(): string | null {
    return this.#lastFailure;
  }

  /** Has nothing been taken for so long that the receiver must be away? */
  get isAway(): boolean {
    return this.#inARow >= AWAY_AFTER;
  }

  /** When a halted one tries its receiver again. */
  get probeAt(): Instant {
    return this.#probeAt;
  }

  /** What became of a batch. */
  hear(sent: readonly Sent[]): void {
    if (sent.some((one) => one.type === 'done')) this.#inARow = 0;
    else if (sent.some((one) => one.type === 'retry')) this.#inARow += 1;
  }

  /** Something was not taken. Was that a probe, which says nothing of the item? */
  noteFailure(why: string, now: Instant): boolean {
    this.#lastFailure = why;
    if (this.#state !== 'halted') return false;
    this.#reason = why;
    this.#rest(now);
    return true;
  }

  halt(state: 'halted' | 'stopped', why: string, now: Instant): void {
    if (this.#state === 'paused') return;
    this.#state = state;
    this.#reason = why;
    this.#probes = 0;
    this.#rest(now);
  }

  pause(): void {
    this.#state = 'paused';
    this.#reason = null;
  }

  /** The receiver takes something again. */
  recover(): void {
    this.#state = 'running';
    this.#reason = null;
    this.#probes = 0;
  }

  /** Somebody says that it is to go on: failures are counted from here. */
  resume(): void {
    this.#inARow = 0;
    this.recover();
  }

  #rest(now: Instant): void {
    this.#probeAt = now + probeAfter(this.#probes++);
  }
}

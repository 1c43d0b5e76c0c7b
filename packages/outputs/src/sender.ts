import type { Flow } from './flow.ts';
import { asNow, type Going, inParts, render, type Withheld } from './going.ts';
import type { Item } from './item.ts';
import type { Rendered, Sent } from './output.ts';
import type { RunnerParts, Told } from './runner-parts.ts';

const UNSEEN = 'it could not be seen whether it is allowed';

/** Puts the messages of one output in its receiver's words, asks once more what may leave, and sends them. */
export class Sender {
  readonly #parts: RunnerParts;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /**
   * Sends what goes together, as far as it may go now, and settles it in its flow.
   * @param onTaken called for each message that the receiver has taken, at once
   */
  async send(flow: Flow, batch: readonly Item[], onTaken: () => void): Promise<void> {
    const { output, clock, onTold, turn } = this.#parts;
    const rendered: Going[] = [];
    const outcomes = new Map<Item, Sent>();
    const told = new Map<Item, Extract<Told, { type: 'sent' }>>();
    const judge = (item: Item, ready: Going | Sent | Withheld): ready is Going => {
      if ('kept' in ready) this.#withhold(flow, item, ready);
      else if ('type' in ready) outcomes.set(item, ready);
      return 'rendered' in ready;
    };
    for (const item of batch) {
      const wait = turn?.();
      if (wait !== undefined) await wait;
      const ready = render(this.#parts, flow, item);
      if (judge(item, ready)) rendered.push(ready);
    }
    for (const part of inParts(rendered, output.batch.bytes)) {
      if (!(await this.#catchUp())) {
        for (const { item } of part) outcomes.set(item, { type: 'retry', why: UNSEEN });
        if (output.order === 'lane') break;
        continue;
      }
      // From here to the sending nothing else has its turn: what is allowed now is what goes.
      const going = part
        .map((one) => asNow(this.#parts, flow, one))
        .filter((one, i) => judge((part[i] as Going).item, one));
      if (going.length === 0) continue;
      const sent = await this.#deliver(going.map((one) => one.rendered));
      going.forEach((one, i) => {
        const outcome = sent[i] as Sent;
        outcomes.set(one.item, outcome);
        if (outcome.type === 'done') onTaken();
        told.set(one.item, { type: 'sent', delivery: one.delivery, outcome, nth: i });
      });
      // What comes after a part that was not taken is not tried: it would overtake.
      if (output.order === 'lane' && sent.some((one) => one.type === 'retry' || one.type === 'halt')) break;
    }
    const settled = batch.filter((item) => outcomes.has(item));
    const left = rendered.map((one) => one.item).filter((item) => item.flying && !outcomes.has(item));
    const givenUp = flow.settle(
      settled,
      settled.map((item) => outcomes.get(item) as Sent),
      clock(),
      left,
    );
    for (const [item, one] of told) {
      const wait = turn?.();
      if (wait !== undefined) await wait;
      const { outcome } = one;
      const isLast = outcome.type === 'retry' && givenUp.has(item);
      onTold?.(isLast ? { ...one, outcome: { ...outcome, type: 'dead' } } : one);
    }
  }

  #withhold(flow: Flow, item: Item, { gap, ...kept }: Withheld): void {
    this.#parts.onTold?.({ type: 'kept', message: item.message, ...kept });
    flow.withhold(item, gap);
  }

  async #catchUp(): Promise<boolean> {
    try {
      await this.#parts.catchUp?.();
      return true;
    } catch (error) {
      this.#parts.onError(error);
      return false;
    }
  }

  /** One outcome an item, also from an output with a fault. */
  async #deliver(batch: readonly Rendered[]): Promise<readonly Sent[]> {
    try {
      const sent = await this.#parts.output.send(batch, this.#parts.link);
      return batch.map((_, i) => sent[i] ?? { type: 'retry', why: 'the output said nothing of it' });
    } catch (error) {
      this.#parts.onError(error);
      return batch.map(() => ({ type: 'retry', why: 'the output failed' }));
    }
  }
}

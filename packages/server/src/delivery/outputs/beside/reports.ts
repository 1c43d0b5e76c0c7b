import type { ProjectId } from '@selfsame/identity';
import type { Outgoing } from '../../../live/feed.ts';
import type { Became } from '../became.ts';
import type { Report } from './words.ts';

/** Messages that a report shows of each project; more only count. What the server reads of them it cannot give to intake. */
const SHOWN = 50;

/** Gathers what became of messages, for the server that shows it. */
export class Reports {
  #became = new Map<string, { readonly became: Became; messages: number }>();
  #shown = new Map<ProjectId, Outgoing[]>();

  add(became: Became, outgoing: () => Outgoing): void {
    const key = JSON.stringify(Object.values(became));
    const same = this.#became.get(key);
    if (same === undefined) this.#became.set(key, { became, messages: 1 });
    else same.messages += 1;
    let shown = this.#shown.get(became.project);
    if (shown === undefined) this.#shown.set(became.project, (shown = []));
    if (shown.length < SHOWN) shown.push(outgoing());
  }

  /** What there was since the last time; undefined where that is nothing. */
  take(): Report | undefined {
    if (this.#became.size === 0) return undefined;
    const report: Report = {
      became: [...this.#became.values()].map(({ became, messages }) => [became, messages]),
      shown: [...this.#shown].flatMap(([project, all]) => all.map((one) => [project, one] as const)),
    };
    this.#became = new Map();
    this.#shown = new Map();
    return report;
  }
}

import { strict as assert } from 'node:assert';
import type { ProjectId } from '@selfsame/identity';
import type { Stream } from '../live.ts';
import type { Store } from '../store.ts';

/** Somebody who follows what happens in a project, with a cursor of its own. Answers in words what is new. */
export class LiveReader {
  readonly #project: ProjectId;
  #moment = Number.NEGATIVE_INFINITY;

  constructor(project: ProjectId) {
    this.#project = project;
  }

  async read({ live }: Store, most = 1_000, streams: readonly Stream[] = ['in']): Promise<string[]> {
    const happened = await live.after(this.#project, this.#moment, streams, most);
    for (const { moment } of happened) {
      assert(moment > this.#moment, 'moments grow');
      this.#moment = moment;
    }
    return happened.map((one) => {
      if (one.type === 'notice') return JSON.stringify(one.notice);
      if (one.outcome.type === 'refused') return `refused ${one.outcome.reason}`;
      const { entry, verdict, logged } = one.outcome;
      return [verdict.status, entry.insertId, ...(logged ? [entry.position] : [])].join(' ');
    });
  }
}

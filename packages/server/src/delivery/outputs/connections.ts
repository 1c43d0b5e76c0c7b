import type { ProjectId } from '@selfsame/identity';
import { type Connected, type Connection, connect, type KeptBy, type Message, type Rule } from '@selfsame/outputs';
import type { KeptView } from '../../api/outputs.ts';
import type { Became } from './became.ts';
import type { KeptSettings } from './kept-settings.ts';

/** How a connection, or an output, is doing since the server started. */
export interface Traffic {
  readonly sent: number;
  readonly failed: number;
  readonly kept: readonly KeptView[];
}

/** The connections of every project: which there are, and what goes through them. */
export class Connections {
  #settings: KeptSettings<Connection>;
  /** Of each output, until one changes. */
  readonly #to = new Map<string, readonly Connection[]>();
  readonly #traffic = new Map<string, Counting>();

  constructor(settings: KeptSettings<Connection>) {
    this.#settings = settings;
  }

  /** The settings were changed by another process. */
  reload(settings: KeptSettings<Connection>): void {
    this.#settings = settings;
    this.#to.clear();
  }

  of(project: ProjectId): readonly Connection[] {
    return this.#settings.of(project);
  }

  to(project: ProjectId, output: string): readonly Connection[] {
    const name = `${project}/${output}`;
    let mine = this.#to.get(name);
    if (mine === undefined) this.#to.set(name, (mine = this.of(project).filter((one) => one.output === output)));
    return mine;
  }

  /** What the connections of an output, as they are now, and its own rules make of a message. */
  connect(project: ProjectId, output: string, message: Message, rules?: readonly Rule[]): Connected | KeptBy {
    return connect(this.to(project, output), message, rules);
  }

  keep(project: ProjectId, connection: Connection): void {
    this.#settings.keep(project, connection);
    this.#to.clear();
  }

  remove(project: ProjectId, id: string): 'removed' | 'configured' {
    this.#to.clear();
    return this.#settings.remove(project, id);
  }

  /** An output is gone: nothing leads to it any more. */
  removeTo(project: ProjectId, output: string): void {
    for (const one of this.to(project, output)) this.remove(project, one.id);
    this.#traffic.delete(`${project}/${output}`);
  }

  /** Counts what became of messages of an output, there and at their connection. */
  count({ project, output, connection, outcome, step, why }: Became, messages: number): void {
    const keys = [`${project}/${output}`, ...(connection === null ? [] : [`${project}//${connection}`])];
    for (const key of keys) {
      let counting = this.#traffic.get(key);
      if (counting === undefined) this.#traffic.set(key, (counting = { sent: 0, failed: 0, kept: new Map() }));
      if (outcome === 'kept') {
        const reason = `${step}\n${why}`;
        counting.kept.set(reason, (counting.kept.get(reason) ?? 0) + messages);
      } else counting[outcome === 'done' ? 'sent' : 'failed'] += messages;
    }
  }

  trafficOf(project: ProjectId, what: { readonly output: string } | { readonly connection: string }): Traffic {
    const key = 'output' in what ? `${project}/${what.output}` : `${project}//${what.connection}`;
    const { sent = 0, failed = 0, kept = [] } = this.#traffic.get(key) ?? {};
    return {
      sent,
      failed,
      kept: [...kept].map(([reason, messages]) => {
        const [step = '', why = ''] = reason.split('\n');
        return { step, why, messages };
      }),
    };
  }
}

interface Counting {
  sent: number;
  failed: number;
  readonly kept: Map<string, number>;
}

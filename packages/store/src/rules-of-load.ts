import type { ProjectId, Rules } from '@selfsame/identity';

/** The rules that something is decided under: each project's stay as they were when they were first asked for. */
export class RulesOfLoad {
  readonly #inForce: (project: ProjectId) => Rules;
  readonly #known = new Map<ProjectId, Rules>();

  constructor(inForce: (project: ProjectId) => Rules) {
    this.#inForce = inForce;
  }

  readonly of = (project: ProjectId): Rules => {
    let rules = this.#known.get(project);
    if (rules === undefined) this.#known.set(project, (rules = this.#inForce(project)));
    return rules;
  };

  /** Were they asked for, and has the project another policy since? */
  haveChanged(project: ProjectId): boolean {
    const before = this.#known.get(project)?.policy;
    const { policy } = this.#inForce(project);
    return before !== undefined && before !== policy && JSON.stringify(before) !== JSON.stringify(policy);
  }
}

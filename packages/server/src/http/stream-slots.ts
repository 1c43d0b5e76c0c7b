import type { ProjectId } from '@selfsame/identity';

/** Streams without an end of their own, open at a time: each keeps memory for as long as its reader likes (G12). */
export interface StreamSlots {
  /** A slot, to be given back by calling it; undefined when all are taken, or half of them by this project. */
  take(project: ProjectId): (() => void) | undefined;
}

export function createStreamSlots(max: number): StreamSlots {
  const open = new Map<ProjectId, number>();
  let all = 0;
  return {
    take(project) {
      const mine = open.get(project) ?? 0;
      if (all >= max || mine >= max / 2) return undefined;
      open.set(project, mine + 1);
      all += 1;
      let given = false;
      return () => {
        if (given) return;
        given = true;
        all -= 1;
        open.set(project, (open.get(project) as number) - 1);
      };
    },
  };
}

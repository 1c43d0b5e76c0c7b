import type { Counts } from '@selfsame/store';
import { statsShape } from '../api/shapes/counts.ts';
import type { StatsAnswer, StatusCounts } from '../api.ts';
import { defineRoute } from './route.ts';

export const stats = defineRoute({
  method: 'GET',
  path: '/v1/stats',
  summary: 'How many items met which fate, in all and by wire: received is always their sum.',
  answer: { json: statsShape },
  async handle({ context, project }): Promise<StatsAnswer> {
    const { store, columns, untimed, conflicts } = context;
    const counts = await store.counts();
    const { events, people, through, last } = await columns.overview(project.id);
    const mine = counts.filter((one) => one.project === project.id);
    return {
      ...sum(mine),
      events,
      people,
      behind: last - through,
      unknownKey: sum(counts.filter((one) => one.project === null)).received,
      turnedAway: await context.turnedAway.of(project.id),
      untimed: await untimed(project.id),
      conflicts: await conflicts.of(project.id),
      wires: Object.fromEntries(mine.map((one) => [one.wire, sum([one])])),
    };
  },
});

function sum(counts: readonly Counts[]): StatusCounts {
  const total = (status: Exclude<keyof StatusCounts, 'received'>) => counts.reduce((all, one) => all + one[status], 0);
  const fates = {
    applied: total('applied'),
    duplicate: total('duplicate'),
    rejected: total('rejected'),
    quarantined: total('quarantined'),
    suppressed: total('suppressed'),
  };
  const received = Object.values(fates).reduce((all, one) => all + one, 0);
  return { received, ...fates };
}

import type { ProjectId, Rules } from '@selfsame/identity';
import { testRules } from '@selfsame/store/traffic';

/** Rules under which the graph is another than under `testRules`. */
export const adoptedRules = (project: ProjectId): Rules => {
  const { policy, derive } = testRules(project);
  return { policy: { ...policy, sharedDevice: 'first-login', mergeTrust: 2 }, derive };
};

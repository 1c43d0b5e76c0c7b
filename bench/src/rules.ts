import { createHmac } from 'node:crypto';
import { type DerivePersonId, type Policy, type ProjectId, presets, type Rules } from '@selfsame/identity';

const derive: DerivePersonId = (project, founder, attempt) =>
  createHmac('sha256', 'bench')
    .update(`${project}\n${founder.kind}\n${founder.value}\n${attempt}`)
    .digest('base64url')
    .slice(0, 22) as ReturnType<DerivePersonId>;

/** The default policy for a benchmark's project. */
export const rules = (_project: ProjectId): Rules => ({ policy: presets['selfsame'] as Policy, derive });

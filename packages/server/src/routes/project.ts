import type { ProjectId } from '@selfsame/identity';
import type { Store } from '@selfsame/store';
import { projectShape, projectsShape } from '../api/shapes/project.ts';
import type { ProjectsAnswer, ProjectView } from '../api.ts';
import type { Project } from '../context.ts';
import { narrowing } from '../settings/narrow.ts';
import { defineRoute } from './route.ts';

export const project = defineRoute({
  method: 'GET',
  path: '/v1/project',
  summary: 'The project: its public key, its policy in short, and whether an event has arrived.',
  answer: { json: projectShape },
  async handle({ context, project, policy, request }): Promise<ProjectView> {
    const { store, columns, shopPath } = context;
    const url = `${request.protocol}://${request.host}`;
    const { events, through, last } = await columns.overview(project.id);
    // Columns that are still fed say nothing of what is in the log.
    const any = events > 0 || through < last;
    return {
      id: project.id,
      name: project.name,
      timeZone: project.timeZone,
      currency: project.currency ?? null,
      publicKey: project.publicKey,
      keys: project.keys,
      preset: policy.preset,
      sharedDevice: policy.sharedDevice,
      identityMode: policy.identityMode,
      mixpanel: policy.mixpanel,
      url,
      speaks: project.speaks ?? null,
      narrowing: narrowing(project, await store.counts()) ?? null,
      firstEvent: any ? await firstEvent(store, project.id) : null,
      shopUrl: shopPath === null ? null : new URL(shopPath, url).href,
    };
  },
});

export const projects = defineRoute({
  method: 'GET',
  path: '/v1/projects',
  summary: 'The projects the caller may look at: an operator all, a server key its own.',
  answer: { json: projectsShape },
  async handle({ context, project, key }): Promise<ProjectsAnswer> {
    return listed(key === 'operator' ? context.projects.all : [project]);
  },
  withoutProject: (context) => listed(context.projects.all),
});

const listed = (projects: readonly Project[]): ProjectsAnswer => ({
  projects: projects.map(({ id, name }) => ({ id, name })),
});

/** Once found it stays, and a console asks again and again. */
const found = new WeakMap<Store, Map<ProjectId, string>>();

/** When the first event of a project arrived. Reads the log up to it, once. */
async function firstEvent(store: Store, project: ProjectId): Promise<string | null> {
  const known = found.get(store) ?? new Map<ProjectId, string>();
  found.set(store, known);
  const before = known.get(project);
  if (before !== undefined) return before;
  for await (const { entry, verdict } of store.read(project)) {
    if (entry.command.type !== 'Track' || verdict.status !== 'applied') continue;
    const at = new Date(entry.at).toISOString();
    known.set(project, at);
    return at;
  }
  return null;
}

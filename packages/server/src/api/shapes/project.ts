import * as v from 'valibot';
import type { ConformanceAnswer, ProjectsAnswer, ProjectView } from '../project.ts';
import { array, type ShapeOf, time } from './words.ts';

export const projectShape = v.object({
  id: v.string(),
  name: v.string(),
  timeZone: v.string(),
  currency: v.nullable(v.string()),
  publicKey: v.string(),
  keys: v.record(v.string(), v.string()),
  preset: v.string(),
  sharedDevice: v.string(),
  identityMode: v.string(),
  mixpanel: v.string(),
  url: v.string(),
  speaks: v.nullable(array(v.string())),
  narrowing: v.nullable(v.string()),
  firstEvent: v.nullable(time),
  shopUrl: v.nullable(v.string()),
}) satisfies ShapeOf<ProjectView>;

export const projectsShape = v.object({
  projects: array(v.object({ id: v.string(), name: v.string() })),
}) satisfies ShapeOf<ProjectsAnswer>;

export const conformanceShape = v.object({
  generatedBy: v.string(),
  at: v.string(),
  node: v.string(),
  browser: v.string(),
  results: array(
    v.object({
      wire: v.string(),
      client: v.string(),
      behaviour: v.string(),
      result: v.picklist(['passed', 'failed', 'skipped']),
    }),
  ),
}) satisfies ShapeOf<ConformanceAnswer>;

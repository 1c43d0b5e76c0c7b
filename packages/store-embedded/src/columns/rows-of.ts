import type { ProjectId } from '@selfsame/identity';
import type { Parameters } from './parameters.ts';

/** The rows that a table has of a project, to stand where a table may: a node's number says nothing without it. */
export const rowsOf = (parameters: Parameters, project: ProjectId, table: 'owner' | 'split' | 'people'): string =>
  `(FROM ${table} WHERE project = ${parameters.text(project)})`;

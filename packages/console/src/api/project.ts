import { createContext, useContext } from 'react';
import { remembered } from './browser-memory.ts';
import { pathWith } from './call.ts';
import type { SessionAnswer } from './shapes.ts';

export type Project = SessionAnswer['projects'][number];

/** The project whose answers the page shows. */
export const ProjectContext = createContext<Project | undefined>(undefined);

/** The project the path names. Only for pages inside the shell, which does not render before it knows the project. */
export function useProject(): Project {
  const project = useContext(ProjectContext);
  if (project === undefined) throw new Error('useProject outside the shell');
  return project;
}

const last = remembered('local', 'selfsame.project');

/** The project this browser looked at last. */
export const rememberedProject = (): string | undefined => last.read();
export const rememberProject = (id: string): void => last.write(id);

/** Makes API paths of the chosen project. */
export function usePath(): (path: string, query?: Readonly<Record<string, string | number | undefined>>) => string {
  const { id } = useProject();
  return (path, query = {}) => pathWith(path, { project: id, ...query });
}

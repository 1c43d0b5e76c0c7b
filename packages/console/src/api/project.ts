import { createContext, useContext } from 'react';
import { useSearchParams } from 'wouter';
import { pathWith } from './call.ts';
import type { SessionAnswer } from './shapes.ts';

export type Project = SessionAnswer['projects'][number];

/** The project whose answers the page shows. */
export const ProjectContext = createContext<Project | undefined>(undefined);

/** The chosen project. Only for pages inside the shell, which does not render before it knows the project. */
export function useProject(): Project {
  const project = useContext(ProjectContext);
  if (project === undefined) throw new Error('useProject outside the shell');
  return project;
}

const remembered = 'selfsame.project';

/** The project named in the address, else the one this browser looked at last, else the server's first. */
export function useChosenProject(): string | undefined {
  const [query] = useSearchParams();
  return query.get('project') ?? localStorage.getItem(remembered) ?? undefined;
}

export function rememberProject(id: string | undefined): void {
  if (id === undefined) localStorage.removeItem(remembered);
  else localStorage.setItem(remembered, id);
}

/** Makes API paths of the chosen project. */
export function usePath(): (path: string, query?: Readonly<Record<string, string | number | undefined>>) => string {
  const { id } = useProject();
  return (path, query = {}) => pathWith(path, { project: id, ...query });
}

import { useEffect } from 'react';
import { useProject } from '../api/project.ts';

/** The title of the page while it is shown: set by the page itself, so that it is never the former one's. */
export function useTitle(title: string): void {
  const { name } = useProject();
  useEffect(() => {
    document.title = `${title} · ${name} · Selfsame`;
  }, [title, name]);
}

import { BadgeCheck, ChartLine, Funnel, GitMerge, Grid3x3, Megaphone, Plug, Radio, Scale, Users } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { type Project, useProject } from '../api/project.ts';
import { Logo } from './logo.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { SignOut } from './sign-out.tsx';

const rooms = [
  { title: 'Now', links: [{ path: '/live', name: 'Live', icon: Radio }] },
  {
    title: 'Who',
    links: [
      { path: '/people', name: 'People', icon: Users },
      { path: '/explain', name: 'Explain', icon: GitMerge },
    ],
  },
  {
    title: 'Questions',
    links: [
      { path: '/funnel', name: 'Funnel', icon: Funnel },
      { path: '/campaigns', name: 'Campaigns', icon: Megaphone },
      { path: '/retention', name: 'Retention', icon: Grid3x3 },
      { path: '/counts', name: 'Counts', icon: ChartLine },
    ],
  },
  {
    title: 'Project',
    links: [
      { path: '/setup', name: 'Setup', icon: Plug },
      { path: '/policy', name: 'Policy', icon: Scale },
      { path: '/conformance', name: 'Conformance', icon: BadgeCheck },
    ],
  },
] as const;

/** The frame of every page: menu, project, and the room itself. */
export function Shell({
  projects,
  onProject,
  children,
}: {
  projects: readonly Project[];
  onProject: (id: string) => void;
  children: ReactNode;
}) {
  const project = useProject();
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(location);

  // A reader who follows a link with the keyboard goes on in the room, not in the menu.
  useEffect(() => {
    document.title = `${titleOf(location)} · ${project.name} · Selfsame`;
    if (shown.current === location) return;
    shown.current = location;
    if (document.activeElement?.closest('.menu') == null) main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [location, project.name]);

  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="side">
        <Link href="/live" className="brand" aria-label="Selfsame, live items">
          <Logo />
        </Link>
        {projects.length > 1 ? (
          <select
            className="project"
            aria-label="Project"
            value={project.id}
            onChange={(event) => onProject(event.target.value)}
          >
            {projects.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        ) : (
          <p className="project">{project.name}</p>
        )}
        <nav className="menu" aria-label="Rooms">
          {rooms.map(({ title, links }) => (
            <section key={title}>
              <h2>{title}</h2>
              <ul>
                {links.map(({ path, name, icon: Icon }) => (
                  <li key={path}>
                    <Link href={path} aria-current={location.startsWith(path) ? 'page' : undefined}>
                      <Icon size={16} strokeWidth={1.9} aria-hidden /> {name}
                    </Link>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </nav>
        <div className="side-end">
          <Shortcuts />
          <SignOut />
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

const titleOf = (location: string): string =>
  rooms
    .flatMap((group) => [...group.links] as { path: string; name: string }[])
    .find(({ path }) => location.startsWith(path))?.name ?? 'Console';

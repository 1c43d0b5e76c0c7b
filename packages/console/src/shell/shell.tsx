import { Menu, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { type Project, useProject } from '../api/project.ts';
import { HaltedOutputs } from './halted.tsx';
import { Logo } from './logo.tsx';
import { type Room, rooms } from './rooms.ts';
import { Shortcuts } from './shortcuts.tsx';
import { SignOut } from './sign-out.tsx';

const groups: readonly (readonly [Room['group'], readonly Room[]])[] = [
  ...new Set(rooms.map(({ group }) => group)),
].map((group) => [group, rooms.filter((room) => room.group === group)]);

/** The frame of every page: menu, project, and the room itself. */
export function Shell({ projects, children }: { projects: readonly Project[]; children: ReactNode }) {
  const project = useProject();
  const [location, navigate] = useLocation();
  const [open, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(location);

  // A reader who follows a link with the keyboard goes on in the room, not in the menu.
  useEffect(() => {
    if (shown.current === location) return;
    shown.current = location;
    setOpen(false);
    const inside = main.current?.contains(document.activeElement) === true;
    if (!inside && document.activeElement?.closest('.menu') == null) main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [location]);

  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className={open ? 'side side-open' : 'side'}>
        <div className="side-head">
          <Link href="/" className="brand" aria-label="Selfsame, first page">
            <Logo />
          </Link>
          <button
            type="button"
            className="icon-button menu-button"
            aria-expanded={open}
            aria-controls="menu"
            aria-label={open ? 'Close the menu' : 'Open the menu'}
            onClick={() => setOpen((now) => !now)}
          >
            {open ? <X size={20} /> : <Menu size={20} />}
          </button>
        </div>
        <div className="side-rest" id="menu">
          <div className="project">
            {projects.length > 1 ? (
              <select
                aria-label="Project"
                value={project.id}
                onChange={(event) => navigate(`~/p/${encodeURIComponent(event.target.value)}`)}
              >
                {projects.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            ) : (
              <p>{project.name}</p>
            )}
            <p
              className="zone"
              title="Days and times of every page are this zone’s; set it with timeZone in the settings file."
            >
              Times in {project.timeZone}
            </p>
          </div>
          <nav className="menu" aria-label="Rooms">
            {groups.map(([title, links]) => (
              <section key={title}>
                <p className="menu-title">{title}</p>
                <ul>
                  {links.map(({ path, name, icon: Icon }) => (
                    <li key={path}>
                      <Link href={path} aria-current={isIn(location, path) ? 'page' : undefined}>
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
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <HaltedOutputs />
        {children}
      </main>
    </div>
  );
}

const isIn = (location: string, path: string): boolean => location === path || location.startsWith(`${path}/`);

import { Suspense } from 'react';
import useSWR, { SWRConfig, useSWRConfig } from 'swr';
import { Redirect, Route, Switch, useLocation, useSearch } from 'wouter';
import { AddressProvider } from './address/adapter.tsx';
import { CallError, get } from './api/call.ts';
import { type Project, ProjectContext, rememberedProject, rememberProject } from './api/project.ts';
import type { SessionAnswer } from './api/shapes.ts';
import { Empty, Failure, Loading } from './parts/states.tsx';
import { learnWires } from './parts/wires.ts';
import { ErrorBoundary } from './shell/error-boundary.tsx';
import { lazyRoom } from './shell/lazy-room.ts';
import { rooms } from './shell/rooms.ts';
import { Shell } from './shell/shell.tsx';
import { SignIn } from './shell/sign-in.tsx';

const Person = lazyRoom<{ id: string }>(() => import('./rooms/person.tsx'));

/** Who looks; and the wires, which every page after this one names. */
async function session(path: string): Promise<SessionAnswer> {
  const answer = await get<SessionAnswer>(path);
  learnWires(answer.wires);
  return answer;
}

/** Finds out who is looking, then shows the project that the path names. */
export function App() {
  const { data, error, mutate } = useSWR<SessionAnswer, CallError>('/v1/session', session);
  if (data === undefined)
    return error === undefined ? <Loading /> : <Alone error={error} retry={() => void mutate()} />;
  if (!data.signedIn) return <SignIn onSignedIn={() => void mutate()} />;
  const { projects } = data;
  return (
    <Switch>
      <Route path="/p/:project" nest>
        {({ project: id }) => {
          const project = projects.find((one) => one.id === id);
          return project === undefined ? (
            <NoProject id={id} projects={projects} />
          ) : (
            <ProjectRooms key={id} project={project} projects={projects} />
          );
        }}
      </Route>
      <Route>
        <IntoProject projects={projects} />
      </Route>
    </Switch>
  );
}

/** An address without a project, as the start page and old links have: the one named or looked at last, else the first. */
function IntoProject({ projects }: { projects: readonly Project[] }) {
  const [path] = useLocation();
  const query = new URLSearchParams(useSearch());
  const wanted = query.get('project') ?? rememberedProject();
  query.delete('project');
  const project = projects.find(({ id }) => id === wanted) ?? projects[0];
  if (project === undefined)
    return <Empty title="No project yet">Add one to the settings file and start the server again.</Empty>;
  const rest = query.toString();
  const inside = path === '/' || path === '/login' ? '' : path;
  return <Redirect to={`/p/${encodeURIComponent(project.id)}${inside}${rest === '' ? '' : `?${rest}`}`} replace />;
}

function NoProject({ id, projects }: { id: string; projects: readonly Project[] }) {
  return (
    <main className="alone">
      <div className="failure" role="alert">
        <h1>There is no project “{id}” here</h1>
        <p>It was renamed or taken out of the settings file, or this is another server than the link’s sender has.</p>
        <ul className="plain">
          {projects.map((one) => (
            <li key={one.id}>
              <a href={`/p/${encodeURIComponent(one.id)}`}>{one.name}</a>
            </li>
          ))}
        </ul>
      </div>
    </main>
  );
}

function ProjectRooms({ project, projects }: { project: Project; projects: readonly Project[] }) {
  const { mutate } = useSWRConfig();
  const [location] = useLocation();
  rememberProject(project.id);
  // A session that ends while somebody works shows the sign-in page, not a page of errors.
  const onError = (failure: unknown) => {
    if (failure instanceof CallError && failure.status === 401) void mutate('/v1/session');
  };
  return (
    <SWRConfig value={{ onError }}>
      <ProjectContext value={project}>
        <AddressProvider>
          <Shell projects={projects}>
            <ErrorBoundary place={location}>
              <Suspense fallback={<Loading lines={8} />}>
                <Switch>
                  <Route path="/people/:id">{({ id }) => <Person key={id} id={decodeURIComponent(id)} />}</Route>
                  {rooms.map(({ path, page }) => (
                    <Route key={path} path={path} component={page} />
                  ))}
                  <Route>
                    <div className="room">
                      <Empty title="There is no such page">Choose one from the menu.</Empty>
                    </div>
                  </Route>
                </Switch>
              </Suspense>
            </ErrorBoundary>
          </Shell>
        </AddressProvider>
      </ProjectContext>
    </SWRConfig>
  );
}

function Alone({ error, retry }: { error: CallError; retry: () => void }) {
  return (
    <main className="alone">
      <Failure error={error} retry={retry} />
    </main>
  );
}

import { lazy, Suspense } from 'react';
import useSWR, { SWRConfig, useSWRConfig } from 'swr';
import { Redirect, Route, Switch } from 'wouter';
import { useAnswer } from './api/answers.ts';
import { CallError, get } from './api/call.ts';
import { type Project, ProjectContext, rememberProject, useChosenProject } from './api/project.ts';
import type { ProjectView, SessionAnswer } from './api/shapes.ts';
import { Empty, Failure, Loading } from './parts/states.tsx';
import { Live } from './rooms/live.tsx';
import { People } from './rooms/people.tsx';
import { Shell } from './shell/shell.tsx';
import { SignIn } from './shell/sign-in.tsx';

const Person = lazy(() => import('./rooms/person.tsx'));
const Explain = lazy(() => import('./rooms/explain.tsx'));
const Setup = lazy(() => import('./rooms/setup.tsx'));
const Funnel = lazy(() => import('./rooms/funnel.tsx'));
const Campaigns = lazy(() => import('./rooms/campaigns.tsx'));
const Retention = lazy(() => import('./rooms/retention.tsx'));
const Counts = lazy(() => import('./rooms/counts.tsx'));
const Policy = lazy(() => import('./rooms/policy.tsx'));
const Conformance = lazy(() => import('./rooms/conformance.tsx'));

/** Finds out who is looking and at which project, then shows the rooms. */
export function App() {
  const { data, error, mutate } = useSWR<SessionAnswer, CallError>('/v1/session', get<SessionAnswer>);
  const chosen = useChosenProject();
  if (error !== undefined) return <Alone error={error} retry={() => void mutate()} />;
  if (data === undefined) return <Loading />;
  if (!data.signedIn) return <SignIn onSignedIn={() => void mutate()} />;
  const known = data.projects;
  const project = known.find(({ id }) => id === chosen) ?? known[0];
  if (project === undefined)
    return <Empty title="No project yet">Add one to the settings file and start the server again.</Empty>;
  return <ProjectRooms key={project.id} project={project} projects={known} />;
}

function ProjectRooms({ project, projects }: { project: Project; projects: readonly Project[] }) {
  const { mutate } = useSWRConfig();
  const choose = (next: string) => {
    rememberProject(next);
    location.assign('/');
  };
  // A session that ends while somebody works shows the sign-in page, not a page of errors.
  const onError = (failure: unknown) => {
    if (failure instanceof CallError && failure.status === 401) void mutate('/v1/session');
  };
  return (
    <SWRConfig value={{ onError }}>
      <ProjectContext value={project}>
        <Shell projects={projects} onProject={choose}>
          <Suspense fallback={<Loading />}>
            <Switch>
              <Route path="/" component={Front} />
              <Route path="/live" component={Live} />
              <Route path="/people" component={People} />
              <Route path="/people/:id">{({ id }) => <Person key={id} id={id} />}</Route>
              <Route path="/explain" component={Explain} />
              <Route path="/funnel" component={Funnel} />
              <Route path="/campaigns" component={Campaigns} />
              <Route path="/retention" component={Retention} />
              <Route path="/counts" component={Counts} />
              <Route path="/setup" component={Setup} />
              <Route path="/policy" component={Policy} />
              <Route path="/conformance" component={Conformance} />
              <Route>
                <Empty title="There is no such page">Choose one from the menu.</Empty>
              </Route>
            </Switch>
          </Suspense>
        </Shell>
      </ProjectContext>
    </SWRConfig>
  );
}

/** The first page: how to send something while nothing has come, else what comes in. */
function Front() {
  const { data, error } = useAnswer<ProjectView>('/v1/project');
  if (data === undefined && error === undefined) return <Loading />;
  return <Redirect to={data?.firstEvent === null ? '/setup' : '/live'} replace />;
}

function Alone({ error, retry }: { error: CallError; retry: () => void }) {
  return (
    <main className="alone">
      <Failure error={error} retry={retry} />
    </main>
  );
}

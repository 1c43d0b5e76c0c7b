import { CircleAlert, CircleCheck, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { useAnswer } from '../api/answers.ts';
import { useProject } from '../api/project.ts';
import type { ProjectView } from '../api/shapes.ts';
import { Await } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { Code, Time } from '../parts/text.tsx';
import { useTitle } from '../shell/title.ts';
import { type Snippet, snippets } from './setup-snippets.ts';
import { type SetupWire, type Tried, tryWire } from './setup-test.ts';
import '../styles/rooms/setup.css';

/** How often we look whether the first event has come, ms. */
const lookEvery = 1_500;

/** From nothing to the first event: the key, something to paste, and a light that turns green. */
export default function Setup() {
  useTitle('Setup');
  const { name } = useProject();
  const [came, setCame] = useState(false);
  const answer = useAnswer<ProjectView>('/v1/project', {}, { refreshInterval: came ? 0 : lookEvery });
  if (!came && answer.data?.firstEvent != null) setCame(true);
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>Setup</h1>
          <p className="muted">
            {came ? `The key of ${name}, and snippets to send more.` : `Send ${name} its first event.`}
          </p>
        </div>
      </header>
      <Await answer={answer}>{(project) => <Steps project={project} />}</Await>
    </div>
  );
}

function Steps({ project }: { project: ProjectView }) {
  return (
    <>
      <FirstEvent project={project} />
      <section className="card">
        <h2>1. The public key</h2>
        <p className="muted">
          It may stand in web pages: it can only write. The server key, which may also read, is in your settings file;
          without one it is in <code>secrets.json</code> of the data directory.
        </p>
        <Code text={project.publicKey} label="Copy the public key" />
      </section>
      <section className="card">
        <h2>2. Send something</h2>
        <Snippets project={project} />
      </section>
      {project.shopUrl !== null && (
        <section className="card">
          <h2>Or look around first</h2>
          <p>
            The <a href={project.shopUrl}>demo shop</a> uses our own client, or a vendor’s SDK if you choose one. Browse
            it, log in, log out, and watch the two of you become one on the <Link href="/live">Live page</Link>.
          </p>
        </section>
      )}
      {project.narrowing !== null && (
        <section className="card">
          <h2>Close what you do not use</h2>
          <p>
            {project.name} answers on every wire, and the weakest decides what a stranger with the public key may say.
            Events came by these alone: add this to the project in your settings file, with other wires if you mean to
            use them, and restart.
          </p>
          <Code text={project.narrowing} label="Copy the setting" />
        </section>
      )}
      <section className="card">
        <h2>How people are told apart</h2>
        <dl className="facts">
          <dt>Preset</dt>
          <dd>{project.preset}</dd>
          <dt>Shared devices</dt>
          <dd>{shared[project.sharedDevice] ?? project.sharedDevice}</dd>
          <dt>Public keys</dt>
          <dd>{modes[project.identityMode] ?? project.identityMode}</dd>
        </dl>
        <p className="muted">
          The settings file gives them under “policy”; the <Link href="/policy">Rules page</Link> changes them while the
          server runs, and its word then comes before the file’s.
        </p>
      </section>
    </>
  );
}

const shared: Readonly<Record<string, string>> = {
  'first-login': 'belong to the first person who logged in, for good',
  'last-login': 'belong to the most recent login',
  'reach-bound': 'belong to a login for a while around it, else to a visitor of their own',
  'by-interval': 'belong to whoever is logged in at the time',
};

const modes: Readonly<Record<string, string>> = {
  open: 'are believed about their own device',
  report: 'are believed about their own device, and counted',
  enforce: 'cannot name a known person',
};

function FirstEvent({ project }: { project: ProjectView }) {
  const came = project.firstEvent !== null;
  return (
    <p className={came ? 'first-event first-event-came' : 'first-event'} role="status">
      {came ? <CircleCheck size={20} aria-hidden /> : <LoaderCircle size={20} className="turning" aria-hidden />}
      {came ? (
        <span>
          The first event arrived <Time at={project.firstEvent!} />. <Link href="/live">See what comes in</Link> or{' '}
          <Link href="/people">who it was</Link>.
        </span>
      ) : (
        <span>Waiting for the first event. This turns green by itself.</span>
      )}
    </p>
  );
}

/** A button that sends one item over a wire, and a light that says whether it came. */
function TestItem({ wire, project }: { wire: SetupWire; project: ProjectView }) {
  const [tried, setTried] = useState<Tried | 'trying'>();
  const test = async () => {
    setTried('trying');
    setTried(await tryWire(wire, project));
  };
  return (
    <p className="test-item">
      <button type="button" className="button" disabled={tried === 'trying'} onClick={() => void test()}>
        Send a test item
      </button>
      <span role="status">
        {tried === undefined ? (
          <span className="muted">By this wire, as its SDK would, of a device or session called setup-test.</span>
        ) : tried === 'trying' ? (
          'Sending …'
        ) : (
          <span className={tried.ok ? 'test-came' : 'test-refused'}>
            {tried.ok ? <CircleCheck size={16} aria-hidden /> : <CircleAlert size={16} aria-hidden />} {tried.says}{' '}
            <Link href="/live">Live</Link> has the details.
          </span>
        )}
      </span>
    </p>
  );
}

function Snippets({ project }: { project: ProjectView }) {
  const all = snippets(project);
  const [chosen, setChosen] = useState<Snippet['name']>(all[0]!.name);
  const snippet = all.find(({ name }) => name === chosen) ?? all[0]!;
  return (
    <>
      <Tabs
        name="snippet"
        label="How to send"
        chosen={chosen}
        options={all.map(({ name }) => [name, name] as const)}
        onChoose={setChosen}
      />
      <p className="muted">{snippet.note}</p>
      <Code text={snippet.code} label="Copy the snippet" />
      <TestItem key={chosen} wire={snippet.wire} project={project} />
    </>
  );
}

import { LoaderCircle } from 'lucide-react';
import { Link } from 'wouter';
import type { ProjectView } from '../../api/shapes.ts';
import { Code } from '../../parts/text.tsx';
import { type Snippet, snippets } from '../setup-snippets.ts';
import '../../styles/rooms/setup.css';

/** Nothing has come yet: the two ways to send a first event, ready to paste. The page turns by itself. */
export default function FirstEvent({ project }: { project: ProjectView }) {
  const all = snippets(project);
  return (
    <>
      <p className="first-event" role="status">
        <LoaderCircle size={20} className="turning" aria-hidden />
        <span>Waiting for the first event. This page fills by itself when it comes.</span>
      </p>
      <div className="home-two">
        <Way title="From a web page" snippet={all.find(({ name }) => name === 'script tag')} />
        <Way title="From a terminal or a backend" snippet={all.find(({ name }) => name === 'curl')} />
      </div>
      <p className="muted">
        <Link href="/setup">Setup</Link> has the same for the vendors’ SDKs.
        {project.shopUrl !== null && (
          <>
            {' '}
            Or look around in the <a href={project.shopUrl}>demo shop</a> and come back.
          </>
        )}
      </p>
    </>
  );
}

function Way({ title, snippet }: { title: string; snippet: Snippet | undefined }) {
  return snippet === undefined ? null : (
    <section className="card">
      <h2>{title}</h2>
      <p className="muted">{snippet.note}</p>
      <Code text={snippet.code} label={`Copy: ${title.toLowerCase()}`} />
    </section>
  );
}

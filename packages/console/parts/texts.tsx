import { PersonMark, StatusTag, WireTag } from '../src/parts/tags.tsx';
import { Code, Id, IdOfText, Json, Time, Value } from '../src/parts/text.tsx';
import { wireNames } from '../src/parts/wires.ts';
import { Figure } from '../src/questions/figure.tsx';
import { Logo } from '../src/shell/logo.tsx';
import { hostile, long } from './hostile.ts';

const statuses = ['applied', 'duplicate', 'rejected', 'quarantined', 'suppressed'] as const;

export function Texts() {
  return (
    <>
      <section className="card">
        <Logo />
        <h2>{long}</h2>
        <p className="muted">
          <Time at="2026-03-28T23:59:59Z" /> · <Time at="2026-03-28T23:59:59Z" as="clock" /> · <Time at="no time" />
        </p>
        <p>
          {statuses.map((status) => (
            <StatusTag key={status} status={status} />
          ))}{' '}
          {wireNames().map(([wire]) => (
            <WireTag key={wire} wire={wire} />
          ))}{' '}
          <WireTag wire={hostile[0]!} />
        </p>
        <p className="button-row">
          {hostile.map((name) => (
            <PersonMark key={name} id={name} name={name} known />
          ))}
          <PersonMark id="anonymous" name="" known={false} large />
        </p>
      </section>
      <section className="card">
        <h2>Identifiers and values</h2>
        <ul className="plain">
          {hostile.map((text) => (
            <li key={text}>
              <Id kind={text} value={text} /> <Value value={text} />
            </li>
          ))}
          <li>
            <IdOfText text={`user:${'4'.repeat(400)}`} /> <Value value={[long, { a: null }]} />{' '}
            <Value value="https://example.com/a?b=c" /> <Value value={null} /> <Value value={false} />
          </li>
        </ul>
        <Json value={{ [long]: hostile, list: [1, 2.5, null] }} />
        <Code text={long} label="Copy it" />
      </section>
      <section className="card">
        <dl className="figures">
          <Figure label="get to the end" value="34.2%" note="136 people" />
          <Figure label={long} value="1,234,567,890" note={hostile[1]} />
        </dl>
      </section>
    </>
  );
}

import { ArrowRight } from 'lucide-react';
import type { ConnectionsAnswer, ConnectionView, OutputView } from '../../api/shapes.ts';
import { count } from '../../parts/format.ts';
import { rateOf } from '../live-rates.ts';
import { useSamples } from '../use-samples.ts';
import { healthOf } from './health.ts';
import { inputName } from './inputs.ts';
import '../../styles/rooms/outputs.css';

/** What leads from where to where: a line a connection, with rates, what is kept back, and how its output is doing. */
export function ConnectionMap({
  answer,
  outputs,
  edit,
}: {
  answer: ConnectionsAnswer;
  outputs: readonly OutputView[];
  edit: (id: string) => void;
}) {
  const samples = useSamples(answer);
  const { connections, inputs } = answer;
  const receivedBy = (input: string) => (one: ConnectionsAnswer) =>
    one.inputs.filter((from) => covers(input, from.input)).reduce((sum, { received }) => sum + received, 0);
  const sentBy = (id: string) => (one: ConnectionsAnswer) =>
    one.connections.find((other) => other.id === id)?.sent ?? 0;
  const per = (of: (one: ConnectionsAnswer) => number) => {
    const rate = rateOf(samples, of);
    return rate === undefined ? '' : ` · ${rate}/s`;
  };
  const unconnected = outputs.filter((one) => one.connections.length === 0);
  const isTaken = (input: string) =>
    unconnected.length > 0 || connections.some((one) => one.active && covers(one.input, input));
  const nowhere = inputs.filter((one) => !isTaken(one.input));
  return (
    <section className="card" aria-label="Map">
      <h2>Map</h2>
      <ul className="map">
        {connections.map((one) => (
          <li key={one.id} className="map-line">
            <div className="map-end">
              <strong>{inputName(one.input)}</strong>
              <span className="muted">
                {count(receivedBy(one.input)(answer))} received{per(receivedBy(one.input))}
              </span>
            </div>
            <ArrowRight size={16} aria-hidden />
            <div className="map-middle">
              <button type="button" className="button button-quiet" onClick={() => edit(one.id)}>
                {one.id}
              </button>
              <span className="muted">
                {one.active ? `${count(one.sent)} sent${per(sentBy(one.id))}` : 'switched off'}
                {keptOf(one) > 0 && ` · ${count(keptOf(one))} kept back`}
              </span>
            </div>
            <ArrowRight size={16} aria-hidden />
            <End output={outputs.find(({ id }) => id === one.output)} name={one.output} />
          </li>
        ))}
        {unconnected.map((one) => (
          <li key={one.id} className="map-line">
            <div className="map-end">
              <strong>Everything</strong>
              <span className="muted">
                {count(receivedBy('all')(answer))} received{per(receivedBy('all'))}
              </span>
            </div>
            <ArrowRight size={16} aria-hidden />
            <div className="map-middle muted">no connection: it takes everything</div>
            <ArrowRight size={16} aria-hidden />
            <End output={one} name={one.id} />
          </li>
        ))}
        {nowhere.map(({ input, received }) => (
          <li key={input} className="map-line">
            <div className="map-end">
              <strong>{inputName(input)}</strong>
              <span className="muted">{count(received)} received</span>
            </div>
            <ArrowRight size={16} aria-hidden />
            <div className="map-middle muted">goes nowhere: no connection takes it</div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function End({ output, name }: { output: OutputView | undefined; name: string }) {
  if (output === undefined) return <div className="map-end muted">{name}: there is no such output</div>;
  const { text, status } = healthOf(output);
  return (
    <div className="map-end">
      <strong>
        {name} <span className={`status status-${status}`}>{output.state}</span>
      </strong>
      <span className="muted">{text}</span>
    </div>
  );
}

const covers = (input: string, other: string): boolean =>
  input === 'all' || input === other || other.startsWith(`${input}:`);

const keptOf = ({ kept }: ConnectionView): number => kept.reduce((sum, { messages }) => sum + messages, 0);

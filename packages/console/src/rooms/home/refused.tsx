import { Link } from 'wouter';
import { useAnswer } from '../../api/answers.ts';
import { pathWith } from '../../api/call.ts';
import type { RefusalsAnswer } from '../../api/shapes.ts';
import { count } from '../../parts/format.ts';
import { Await } from '../../parts/states.tsx';
import { WireTag } from '../../parts/tags.tsx';
import { Time } from '../../parts/text.tsx';

const most = 5;

/** What was not applied since the server started, and why; the most frequent first. */
export function Refused() {
  const answer = useAnswer<RefusalsAnswer>('/v1/refusals', {}, { refreshInterval: 10_000 });
  return (
    <section className="card">
      <h2>Refused, and why</h2>
      <Await answer={answer} lines={3}>
        {({ since, refusals }) =>
          refusals.length === 0 ? (
            <p className="muted">
              Nothing since the server started, <Time at={since} as="ago" />.
            </p>
          ) : (
            <>
              <ul className="reasons">
                {refusals.slice(0, most).map((one) => (
                  <li key={[one.wire, one.status, one.rule, one.reason].join('\n')}>
                    <Link className="reason-count" href={liveOf(one)}>
                      {count(one.items)}
                    </Link>
                    <span className="reason-why">
                      {one.reason} <WireTag wire={one.wire} />
                    </span>
                  </li>
                ))}
              </ul>
              <p className="muted">
                Since the server started, <Time at={since} as="ago" />.
                {refusals.length > most && ` ${count(refusals.length - most)} more reasons are not listed here.`}
              </p>
            </>
          )
        }
      </Await>
    </section>
  );
}

/** Live, showing these items. The server keeps the last ones. */
const liveOf = ({ wire, status, reason }: RefusalsAnswer['refusals'][number]): string =>
  pathWith('/live', { wire, status: status === 'turned-away' ? 'rejected' : status, q: reason.slice(0, 200) });

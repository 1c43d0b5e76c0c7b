import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { EventView, PersonView } from '../../api/shapes.ts';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { WireTag } from '../../parts/tags.tsx';
import { Json, Time } from '../../parts/text.tsx';
import { ruleInWords, sentence } from '../../parts/words.ts';
import type { Times } from '../../time/times.ts';
import { useTimes } from '../../time/use-times.ts';
import { whyPath } from '../why.tsx';
import { type Devices, deviceOf } from './devices.ts';
import type { Events } from './events.ts';

type Root = PersonView['identifiers'][number] | undefined;

/** Everything the person did on any device, newest first; older pages come as the reader gets to them. `root`: who they are. */
export function Timeline({ events, devices, root }: { events: Events; devices: Devices; root: Root }) {
  const times = useTimes();
  const { data, error, size, setSize, isValidating, mutate } = events;
  const more = data?.at(-1)?.next != null;
  const end = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    const button = end.current;
    if (button === null || isValidating) return;
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && void setSize(size + 1), {
      rootMargin: '600px',
    });
    watch.observe(button);
    return () => watch.disconnect();
  }, [setSize, size, isValidating]);

  const failure = error && <Failure error={error} retry={() => void mutate()} />;
  if (data === undefined) return failure ?? <Loading lines={8} />;
  const days = byDay(
    data.flatMap((page) => page.events),
    times,
  );
  if (days.length === 0) return <Empty title="No events">Nothing this person did has reached us yet.</Empty>;
  return (
    <>
      {days.map(([day, events]) => (
        <section key={day} className="day">
          <h3>{day}</h3>
          <ol className="timeline">
            {events.map((event, index) => (
              <EventRow key={`${event.time}/${event.insertId ?? index}`} event={event} devices={devices} root={root} />
            ))}
          </ol>
        </section>
      ))}
      {failure}
      {more ? (
        <button type="button" className="button button-quiet" ref={end} onClick={() => void setSize(size + 1)}>
          {isValidating ? 'Loading …' : 'Older events'}
        </button>
      ) : (
        <p className="muted timeline-end">That is everything.</p>
      )}
    </>
  );
}

function EventRow({ event, devices, root }: { event: EventView; devices: Devices; root: Root }) {
  const device = deviceOf(event, devices);
  const { because, ...sent } = event;
  return (
    <li className={device === undefined ? 'event-item' : `event-item hue-${device.hue}`}>
      <details>
        <summary>
          <span className="event-time">
            <Time at={event.time} as="clock" />
          </span>
          <span className="event-dot" title={device === undefined ? 'no device' : `${device.kind}:${device.value}`} />
          <span className="event-title">{event.name}</span>
          <span className="event-gist">{gist(event)}</span>
          <WireTag wire={event.wire} />
        </summary>
        {because !== null && (
          <p className="muted">
            {sentence(because.says)}{' '}
            <abbr className="rule" title={ruleInWords(because.rule) ?? because.rule}>
              {because.rule}
            </abbr>{' '}
            {event.insertId !== null && root !== undefined && (
              <Link href={whyPath({ event: event.insertId, a: `${root.kind}:${root.value}` })}>Why theirs?</Link>
            )}
          </p>
        )}
        <Json value={sent} />
      </details>
    </li>
  );
}

/** Vendors mark what their SDK adds by itself. */
const addedBySdk =
  /^(\$|mp_|distinct_id$|token$|time$|sourceId$|source_request_id$|source_message_id$|mpid$|session_uuid$|sdk_version$|timestamp_unixtime_ms$|session_start_unixtime_ms$|environment$|event_type$|custom_event_type$)/;

/** The first few properties that say something, in a line. */
export function gist(event: EventView): string {
  return Object.entries(event.properties)
    .filter(([name, value]) => !addedBySdk.test(name) && value !== null && typeof value !== 'object')
    .slice(0, 3)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(' · ');
}

/** Events under the day they happened on, in the project's zone, order kept. */
export function byDay(
  events: readonly EventView[],
  times: Times,
): readonly (readonly [string, readonly EventView[]])[] {
  const days: [string, EventView[]][] = [];
  for (const event of events) {
    const day = times.longDay(event.time);
    const last = days.at(-1);
    if (last?.[0] === day) last[1].push(event);
    else days.push([day, [event]]);
  }
  return days;
}

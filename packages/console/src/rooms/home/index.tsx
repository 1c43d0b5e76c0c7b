import { type ReactNode, useMemo } from 'react';
import { Link } from 'wouter';
import { useText } from '../../address/params.ts';
import { useAnswer, useInsight } from '../../api/answers.ts';
import { useProject } from '../../api/project.ts';
import type { AttributionAnswer, CountsAnswer, DaysAnswer, ProjectView } from '../../api/shapes.ts';
import { count, people, share } from '../../parts/format.ts';
import { Await, Loading } from '../../parts/states.tsx';
import { Working } from '../../parts/working.tsx';
import { Choice } from '../../questions/controls.tsx';
import { HowFarOff, inTruth } from '../../questions/how-far-off.tsx';
import { useNames } from '../../questions/names.ts';
import { lazyRoom } from '../../shell/lazy-room.ts';
import { useTitle } from '../../shell/title.ts';
import { useTimes } from '../../time/use-times.ts';
import { midnight } from '../../time/zone.ts';
import { dayRows, signUpAmong } from './days.ts';
import { Health } from './health.tsx';
import { Refused } from './refused.tsx';
import { Trend } from './trend.tsx';
import '../../styles/rooms/home.css';

const FirstEvent = lazyRoom<{ project: ProjectView }>(() => import('./first-event.tsx'));

/** Days that the trend shows, today included. */
const shown = 30;
/** How often the figures are asked for again, ms. */
const refresh = { refreshInterval: 30_000 };
/** How often we look whether the first event has come, ms. */
const lookEvery = 1_500;

/** How it goes today: who came, who signed up, what brought them, what was refused, and whether all is well. */
export default function Home() {
  useTitle('Home');
  const { name } = useProject();
  const times = useTimes();
  const answer = useAnswer<ProjectView>(
    '/v1/project',
    {},
    { refreshInterval: (latest) => (latest?.firstEvent == null ? lookEvery : 0) },
  );
  // Asked together, not one after the other.
  useDays();
  useNames('names');
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>{name}</h1>
          <p className="muted">
            {times.longDay(Date.now())}, by the clocks of {times.zone}
          </p>
        </div>
      </header>
      <Await answer={answer}>
        {(project) => (project.firstEvent === null ? <FirstEvent project={project} /> : <Today />)}
      </Await>
    </div>
  );
}

/** The days of the trend, from the first one's midnight on. */
function useDays() {
  const { timeZone } = useProject();
  const from = midnight(timeZone, Date.now(), 1 - shown);
  return { from, days: useInsight<DaysAnswer>('days', { from }, refresh) };
}

function Today() {
  const { timeZone } = useProject();
  const today = midnight(timeZone, Date.now(), 0);
  const { from, days } = useDays();
  return (
    <div className="home">
      <Await answer={days} waiting={<Working />}>
        {(found) => <Figures found={found} from={from} today={today} />}
      </Await>
      <div className="home-two">
        <Refused />
        <Health />
      </div>
    </div>
  );
}

function Figures({ found, from, today }: { found: DaysAnswer; from: number; today: number }) {
  const { timeZone } = useProject();
  const rows = useMemo(() => dayRows(found, from, today, timeZone), [found, from, today, timeZone]);
  const last = rows.at(-1);
  const yesterday = rows.at(-2);
  const known = (some: typeof rows) =>
    some.reduce((sum, row) => sum + row.known, 0) / some.reduce((sum, row) => sum + row.people, 0);
  const [week, before] = [known(rows.slice(-7)), known(rows.slice(-14, -7))];
  return (
    <>
      <dl className="home-figures">
        <HomeFigure label="People today" href="/people?active=today" value={count(last?.people ?? 0)}>
          {people(yesterday?.people ?? 0)} yesterday
        </HomeFigure>
        <HomeFigure label="Known, of seven days’ people" href="/people?known=yes&active=7d" value={share(week)}>
          {Number.isFinite(before) ? `${share(before)} in the seven days before.` : 'Nobody in the seven days before.'}{' '}
          {Number.isFinite(week) && inTruth(week)}
        </HomeFigure>
        <SignUps />
      </dl>
      <section className="card">
        <h2>People a day, known and anonymous</h2>
        <HowFarOff />
        <Trend rows={rows} />
      </section>
    </>
  );
}

/** Sign-ups and what brought most of them: by the event that reads like one, until the reader names another. */
function SignUps() {
  const names = useNames('names').data;
  const [chosen, choose] = useText('signup');
  if (names === undefined) return <Loading lines={2} />;
  const event = chosen || signUpAmong(names.map(([name]) => name));
  const picker = (
    <Choice
      label="The sign-up is"
      value={event ?? ''}
      options={[...(event === undefined ? [['', 'choose an event'] as const] : []), ...names]}
      onChange={choose}
    />
  );
  return event === undefined ? (
    <HomeFigure label="Sign-ups in 30 days" value="–">
      No event reads like one. {picker}
    </HomeFigure>
  ) : (
    <Counted event={event} picker={picker} />
  );
}

function Counted({ event, picker }: { event: string; picker: ReactNode }) {
  const { timeZone } = useProject();
  const from = midnight(timeZone, Date.now(), 1 - shown);
  const conversion = { event };
  const counted = useInsight<CountsAnswer>('counts', { from, events: [conversion], interval: 'day' }, refresh).data;
  const asked = { from, conversion, model: 'last-touch', by: 'utm_campaign' };
  const brought = useInsight<AttributionAnswer>('attribution', asked, refresh).data;
  const best = brought?.rows.find(({ touch }) => touch !== null);
  const named = encodeURIComponent(event);
  return (
    <>
      <HomeFigure
        label="Sign-ups in 30 days"
        href={`/counts?event=${named}`}
        value={counted === undefined ? '…' : count(counted.rows.reduce((sum, row) => sum + row.events, 0))}
      >
        {picker}
      </HomeFigure>
      <HomeFigure
        label="Best campaign"
        href={`/campaigns?conversion=${named}`}
        value={brought === undefined ? '…' : (best?.touch ?? 'none')}
      >
        {best === undefined
          ? brought !== undefined && 'No sign-up came from a campaign.'
          : `${count(Math.round(best.conversions))} of ${count(brought!.total.conversions)} sign-ups`}
      </HomeFigure>
    </>
  );
}

function HomeFigure({
  label,
  value,
  href,
  children,
}: {
  label: string;
  value: string;
  href?: string;
  children: ReactNode;
}) {
  return (
    <div className="home-figure">
      <dt>{label}</dt>
      <dd className="home-value">{href === undefined ? value : <Link href={href}>{value}</Link>}</dd>
      <dd className="home-note muted">{children}</dd>
    </div>
  );
}

import { Link } from 'wouter';
import { useAnswer } from '../../api/answers.ts';
import type { OutputsAnswer, QuarantineAnswer, StatsAnswer } from '../../api/shapes.ts';
import { count } from '../../parts/format.ts';
import { Await } from '../../parts/states.tsx';
import { healthOf } from '../outputs/health.ts';

type Mood = 'good' | 'warn' | 'bad';
interface Line {
  readonly mood: Mood;
  readonly text: string;
  readonly href: string;
  readonly open: string;
}

/** Whether all is well, a line a thing that could be wrong, and where to look. */
export function Health() {
  const stats = useAnswer<StatsAnswer>('/v1/stats', {}, { refreshInterval: 10_000 });
  const hasAny = stats.data !== undefined && stats.data.quarantined > 0;
  const quarantine = useAnswer<QuarantineAnswer>(hasAny ? '/v1/quarantine' : null, { limit: 1 });
  const outputs = useAnswer<OutputsAnswer>('/v1/outputs', {}, { refreshInterval: 10_000 });
  return (
    <section className="card">
      <h2>Health</h2>
      <Await answer={stats} lines={3}>
        {(found) => (
          <ul className="health">
            {[...linesOf(found, quarantine.data?.waiting), ...outputLines(outputs.data)].map(
              ({ mood, text, href, open }) => (
                <li key={text} className={`health-line health-${mood}`}>
                  <span>{text}</span> <Link href={href}>{open}</Link>
                </li>
              ),
            )}
          </ul>
        )}
      </Await>
    </section>
  );
}

/** What the counts say, and how many items wait in quarantine. */
function linesOf(stats: StatsAnswer, waiting = 0): readonly Line[] {
  const { received, applied, behind, untimed, conflicts, unknownKey, turnedAway } = stats;
  const away = Object.values(turnedAway).reduce((sum, one) => sum + one, 0);
  return [
    behind > 0
      ? {
          mood: 'warn',
          text: `${count(behind)} entries have been stored and are still being counted.`,
          href: '/live',
          open: 'Live',
        }
      : {
          mood: 'good',
          text: `Everything is counted: ${count(received)} items received, ${count(applied)} applied.`,
          href: '/live',
          open: 'Live',
        },
    ...line(away, 'requests were turned away whole since the server started.', 'bad', '/live?status=rejected', 'Which'),
    ...line(
      waiting,
      'items are set aside, since the rules failed on them: “selfsame quarantine list” says with what.',
      'bad',
      '/live?status=quarantined',
      'Live',
    ),
    ...line(untimed, 'items said a time that cannot be; they are kept as of their arrival.', 'warn', '/live', 'Live'),
    ...line(
      conflicts,
      'items had no effect: another that said something else had used their insert id.',
      'warn',
      '/live?status=duplicate',
      'Live',
    ),
    ...line(unknownKey, 'items came with a key of no project.', 'warn', '/setup', 'The key'),
  ];
}

const line = (n: number, text: string, mood: Mood, href: string, open: string): readonly Line[] =>
  n === 0 ? [] : [{ mood, text: `${count(n)} ${text}`, href, open }];

function outputLines(answer: OutputsAnswer | undefined): readonly Line[] {
  if (answer === undefined || answer.outputs.length === 0) return [];
  const troubled = answer.outputs.filter((one) => healthOf(one).status !== 'applied' || one.dead > 0);
  if (troubled.length === 0)
    return [{ mood: 'good', text: `${outputs(answer.outputs.length)} up to date.`, href: '/outputs', open: 'Outputs' }];
  return troubled.map((one) => ({
    mood: one.state === 'halted' || one.dead > 0 ? 'bad' : 'warn',
    text: `${one.id}: ${healthOf(one).text}${one.dead > 0 ? ` ${count(one.dead)} were given up.` : ''}`,
    href: '/outputs',
    open: 'Outputs',
  }));
}

const outputs = (n: number): string => (n === 1 ? 'The output is' : `All ${count(n)} outputs are`);

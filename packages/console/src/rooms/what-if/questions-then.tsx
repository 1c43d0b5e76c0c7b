import type { SimulationView } from '../../api/shapes.ts';
import { count, share } from '../../parts/format.ts';
import { useMoney } from '../../parts/money.ts';
import { Table } from '../../parts/table.tsx';

type Result = NonNullable<SimulationView['result']>;
type Question = NonNullable<Result['questions']>[number];
type Figure = Question['figures'][number];

const isChanged = ({ figures }: Question): boolean => figures.some(({ before, after }) => before !== after);

/** How the answers to questions would change: every figure of those that do. */
export function QuestionsThen({ questions }: { questions: readonly Question[] }) {
  const write = useFigures();
  const changed = questions.filter(isChanged);
  const rows = changed.flatMap((question) => question.figures.map((figure) => ({ question, figure })));
  const same = questions.filter((one) => !isChanged(one)).map(({ name }) => name);
  return (
    <section aria-label="Questions, today and then">
      <p>
        <strong>
          {count(changed.length)} of {count(questions.length)} questions would be answered otherwise
        </strong>
      </p>
      {rows.length > 0 && (
        <Table
          caption="Questions, today and then"
          fileName="questions"
          rows={rows}
          keyOf={({ question, figure }, i) => `${question.name}/${figure.name}/${i}`}
          columns={[
            { head: 'Question', cell: ({ question }) => question.name },
            { head: 'Figure', cell: ({ figure }) => figure.name },
            {
              head: 'Today',
              cell: ({ figure }) => write(figure, figure.before),
              value: ({ figure }) => figure.before,
              numeric: true,
            },
            {
              head: 'Then',
              cell: ({ figure }) => write(figure, figure.after),
              value: ({ figure }) => figure.after,
              numeric: true,
            },
          ]}
        />
      )}
      {same.length > 0 && <p className="muted">As today: {same.join(', ')}.</p>}
    </section>
  );
}

/** The same questions under every preset: a table each, figure by figure. */
export function QuestionsUnderEach({ results }: { results: readonly Result[] }) {
  const write = useFigures();
  return (results[0]?.questions ?? []).map((question, at) => {
    const figures = (result: Result) => new Map(result.questions?.[at]?.figures.map((one) => [one.name, one]));
    const names = [...new Set(results.flatMap((one) => [...figures(one).keys()]))];
    const today = new Map(results.flatMap((one) => [...figures(one)]));
    const rows = [
      { preset: 'today', of: (name: string) => today.get(name)?.before ?? 0 },
      ...results.map((one) => ({ preset: one.preset, of: (name: string) => figures(one).get(name)?.after ?? 0 })),
    ];
    return (
      <section key={question.name}>
        <h2>{question.name}</h2>
        <Table
          caption={`${question.name} under every preset`}
          fileName="questions"
          rows={rows}
          keyOf={({ preset }) => preset}
          columns={[
            { head: 'Preset', cell: ({ preset }) => preset },
            ...names.map((name) => ({
              head: name,
              cell: (row: (typeof rows)[number]) => write(today.get(name), row.of(name)),
              value: (row: (typeof rows)[number]) => row.of(name),
              numeric: true,
            })),
          ]}
        />
      </section>
    );
  });
}

/** Figures as they are written: by their unit. */
function useFigures(): (figure: Pick<Figure, 'unit'> | undefined, value: number) => string {
  const money = useMoney();
  return (figure, value) =>
    figure?.unit === 'share' ? share(value) : figure?.unit === 'revenue' ? money(value) : count(value);
}

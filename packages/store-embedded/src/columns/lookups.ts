import type { IdentifierKey, ProjectId } from '@selfsame/identity';
import type { EventRow, Page, Spans, TimelinePage } from '@selfsame/store';
import type { Lane } from './columns-file.ts';
import { ownedSql, PERSON } from './events-of.ts';
import { type Parameters, wholeNumber } from './parameters.ts';
import { rowsOf } from './rows-of.ts';
import { BEGINNING, END } from './schema.ts';

const MOST_EVENTS = 1000;

const COLUMNS = `e.project, e.position::DOUBLE AS position, e.name, e.time::DOUBLE AS time, e.insert_id, e.anchor, e.node, e.device,
  e.wire, e.hidden, e.properties`;

interface StoredEvent {
  readonly project: ProjectId;
  readonly position: number;
  readonly name: string;
  readonly time: number;
  readonly insert_id: string | null;
  readonly anchor: IdentifierKey | null;
  readonly node: number | null;
  readonly device: IdentifierKey | null;
  readonly wire: string;
  readonly hidden: boolean;
  readonly properties: string;
}

const eventRow = ({ insert_id, properties, ...row }: StoredEvent): EventRow => ({
  ...row,
  insertId: insert_id,
  properties: JSON.parse(properties),
});

/**
 * Two steps, because the rows that match are few and scattered: which ones, from the narrow columns; then those rows.
 * @throws RangeError when `before` is not a cursor of ours.
 */
export async function timeline(
  lane: Lane,
  project: ProjectId,
  spans: readonly Spans[],
  page: Page,
): Promise<TimelinePage> {
  const limit = Math.min(MOST_EVENTS, Math.max(1, Math.trunc(page.limit)));
  const before = page.before === undefined ? undefined : readCursor(page.before);
  const { nodes, rows } = timetables(spans);
  const found = await lane.rows<StoredEvent>((parameters) => {
    const { time, position } = before ?? {};
    const older =
      time === undefined || position === undefined
        ? ''
        : `AND e.time <= ${parameters.integer(time)} AND (e.time < ${parameters.integer(time)} OR e.position < ${parameters.integer(position)})`;
    return `SELECT ${COLUMNS} FROM events e WHERE rowid IN (
        SELECT e.rowid FROM events e SEMI JOIN (
          SELECT n.node, t.since, t.until FROM (
            SELECT unnest(${parameters.integers(nodes.map(({ node }) => node))})::INTEGER AS node,
              unnest(${parameters.integers(nodes.map(({ name }) => name))}) AS name) n
          JOIN (
            SELECT unnest(${parameters.integers(rows.map(({ name }) => name))}) AS name,
              unnest(${parameters.integers(rows.map(({ from }) => (Number.isFinite(from) ? from : BEGINNING)))}) AS since,
              unnest(${parameters.integers(rows.map(({ to }) => (Number.isFinite(to) ? to : END)))}) AS until) t ON t.name = n.name) s
          ON s.node = e.node AND e.time >= s.since AND e.time < s.until
        WHERE e.project = ${parameters.text(project)} AND NOT e.hidden ${older}
        ORDER BY e.time DESC, e.position DESC LIMIT ${parameters.integer(limit + 1)})
      ORDER BY e.time DESC, e.position DESC`;
  });
  const events = found.slice(0, limit).map(eventRow);
  const last = events.at(-1);
  return { events, next: found.length > limit && last !== undefined ? `${last.time}.${last.position}` : null };
}

/** Which identifier goes by which list of stretches: merged devices have one of thousands in common, hundreds of times over. */
function timetables(spans: readonly Spans[]) {
  const names = new Map(spans.map(({ stretches }, name) => [stretches, name]));
  return {
    nodes: spans.map(({ node, stretches }) => ({ node, name: names.get(stretches) as number })),
    rows: [...names].flatMap(([stretches, name]) => stretches.map(({ from, to }) => ({ name, from, to }))),
  };
}

function readCursor(text: string): { readonly time: bigint; readonly position: bigint } {
  const [, time, position] = /^(-?\d{1,16})\.(\d{1,16})$/.exec(text) ?? [];
  if (time === undefined || position === undefined) throw new RangeError('`before` is not a cursor of a timeline');
  return { time: wholeNumber(Number(time)), position: wholeNumber(Number(position)) };
}

/** Every event with this insert id, hidden ones too, in log order; at most a thousand. */
export async function eventsByInsertId(lane: Lane, project: ProjectId, insertId: string): Promise<readonly EventRow[]> {
  const rows = await lane.rows<StoredEvent>(
    (parameters) => `SELECT ${COLUMNS} FROM events e
      WHERE e.project = ${parameters.text(project)} AND e.insert_id = ${parameters.text(insertId)} ORDER BY e.position LIMIT ${MOST_EVENTS}`,
  );
  return rows.map(eventRow);
}

export async function countEvents(lane: Lane, project: ProjectId): Promise<number> {
  return one(
    lane,
    (parameters) =>
      `SELECT count(*)::DOUBLE AS n FROM events e WHERE e.project = ${parameters.text(project)} AND NOT e.hidden`,
  );
}

export async function countPeople(lane: Lane, project: ProjectId): Promise<number> {
  return one(
    lane,
    (parameters) => `SELECT count(DISTINCT person)::DOUBLE AS n FROM (
      SELECT ${PERSON} AS person FROM ${ownedSql(parameters, project)} WHERE e.project = ${parameters.text(project)} AND NOT e.hidden
      UNION ALL SELECT node FROM ${rowsOf(parameters, project, 'people')} WHERE known OR traits <> '{}')`,
  );
}

async function one(lane: Lane, build: (parameters: Parameters) => string): Promise<number> {
  const rows = await lane.rows<{ n: number }>(build);
  return rows[0]?.n ?? 0;
}

export function eventNames(
  lane: Lane,
  project: ProjectId,
  limit: number,
): Promise<readonly { readonly name: string; readonly count: number }[]> {
  return lane.rows(
    (parameters) => `SELECT name, count(*)::DOUBLE AS count FROM events e
      WHERE e.project = ${parameters.text(project)} AND NOT e.hidden
      GROUP BY name ORDER BY count(*) DESC, name LIMIT ${parameters.integer(limit)}`,
  );
}

export async function propertyNames(
  lane: Lane,
  project: ProjectId,
  event: string | undefined,
  limit: number,
): Promise<readonly string[]> {
  const rows = await lane.rows<{ property: string }>(
    (parameters) => `SELECT DISTINCT property FROM property_names WHERE project = ${parameters.text(project)}
      ${event === undefined ? '' : `AND event = ${parameters.text(event)}`} ORDER BY property LIMIT ${parameters.integer(limit)}`,
  );
  return rows.map((row) => row.property);
}

import type { ProjectId } from '@selfsame/identity';
import type {
  FirstWords,
  NodeNumber,
  PeopleAnswer,
  PeopleNames,
  PeopleQuestion,
  PeopleRow,
  PeopleSort,
} from '@selfsame/store';
import type { Lane } from './columns-file.ts';
import { ORDER, ownedSql, PERSON } from './events-of.ts';
import type { Parameters } from './parameters.ts';
import { jsonSql } from './property-text.ts';
import { rowsOf } from './rows-of.ts';
import { ownersSql, ownersWhere, whoSql } from './who.ts';

/** People one answer may hold. */
const MOST_PEOPLE = 100_000;

const sorts = new Map<PeopleSort, string>([
  ['last-active', 'last_key'],
  ['first-active', 'first_active'],
  ['events', 'events'],
  ['name', 'name'],
]);

/** Traits that name somebody, the best first. */
const nameTraits = ['$name', 'name', 'full_name', 'fullName', 'displayName'];
const partTraits = ['$first_name', 'first_name', 'firstName', '$last_name', 'last_name', 'lastName'];
const mailTraits = ['$email', 'email'];

type Found = Pick<PeopleRow, 'founder' | 'events' | 'firstActive' | 'lastActive'> & {
  readonly total: number;
  readonly position: number | null;
};

/** Who there is, a page of them. @throws RangeError when the sort is none of ours. */
export async function people(lane: Lane, project: ProjectId, question: PeopleQuestion): Promise<PeopleAnswer> {
  const found = await lane.rows<Found>((parameters) => peopleSql(parameters, project, question));
  const anchors = await anchorsOf(lane, project, found);
  return {
    total: found[0]?.total ?? 0,
    rows: found.map(({ total: _, position, ...row }) => ({
      ...row,
      anchor: position === null ? null : (anchors.get(position) ?? null),
    })),
  };
}

function peopleSql(parameters: Parameters, project: ProjectId, question: PeopleQuestion): string {
  const { who, text = '', identifier, active = {}, sort, descending, limit, offset } = question;
  const order = sorts.get(sort);
  if (order === undefined) throw new RangeError('people are sorted by last-active, first-active, events or name');
  const name = parameters.text(project);
  const trait = (one: string) => jsonSql(parameters, 'p.traits', one);
  const called = () => `lower(coalesce(${[...nameTraits, ...mailTraits].map(trait).join(', ')}, p.key))`;
  const wanted = [
    whoSql(parameters, project, 'person', who),
    ...(text === '' ? [] : [textSql(parameters, project, text)]),
    ...(identifier === undefined
      ? []
      : [`person IN ${ownersWhere(parameters, project, holderSql(parameters, identifier))}`]),
    ...(active.from === undefined ? [] : [`last_active >= ${parameters.integer(active.from)}`]),
    ...(active.to === undefined ? [] : [`last_active < ${parameters.integer(active.to)}`]),
  ];
  return `WITH active AS (SELECT ${PERSON} AS person, count(*) AS events, min(e.time) AS first_active, max(e.time) AS last_active,
        max(${ORDER}) AS last_key, arg_max(e.position, ${ORDER}) AS position FROM ${ownedSql(parameters, project)} WHERE e.project = ${name} AND NOT e.hidden GROUP BY 1),
      here AS ${rowsOf(parameters, project, 'people')},
      everybody AS (SELECT coalesce(p.node, a.person) AS person, p.key, p.traits, coalesce(a.events, 0) AS events,
          a.first_active, a.last_active, a.last_key, a.position, ${sort === 'name' ? called() : 'NULL'} AS name
        FROM here p FULL JOIN (SELECT * FROM active WHERE person IS NOT NULL) a ON a.person = p.node
        WHERE a.person IS NOT NULL OR p.known OR p.traits <> '{}'),
      chosen AS (SELECT *, count(*) OVER () AS total FROM everybody p WHERE ${wanted.join(' AND ')})
    SELECT total::DOUBLE AS total, key AS founder, events::DOUBLE AS events,
      first_active::DOUBLE AS "firstActive", last_active::DOUBLE AS "lastActive", position::DOUBLE AS position
    FROM chosen ORDER BY ${order} ${descending ? 'DESC' : 'ASC'} NULLS LAST, person
    LIMIT ${parameters.integer(Math.min(limit, MOST_PEOPLE))} OFFSET ${parameters.integer(offset)}`;
}

/** Is it this identifier, and at its moment? On who owns which. */
function holderSql(parameters: Parameters, { key, at }: NonNullable<PeopleQuestion['identifier']>): string {
  const is = `o.key = ${parameters.text(key)}`;
  if (at === undefined) return is;
  const moment = parameters.integer(at);
  return `${is} AND (s.node IS NULL OR (s.since <= ${moment} AND ${moment} < s.until))`;
}

/** Does a text name this person? On `p`, a row of everybody, and on who owns which identifier. */
function textSql(parameters: Parameters, project: ProjectId, text: string): string {
  const plain = parameters.text(text.trim().toLowerCase());
  const trait = (one: string) => jsonSql(parameters, 'p.traits', one);
  const words = `' ' || ${wordsOf(`concat_ws(' ', ${[...nameTraits, ...partTraits].map(trait).join(', ')})`)}`;
  const mails = mailTraits.map((one) => `coalesce(contains(lower(${trait(one)}), ${plain}), false)`);
  const key = 'lower(o.key)';
  const value = "substr(lower(o.key), instr(o.key, ':') + 1)";
  const named = [
    `starts_with(${value}, ${plain})`,
    `(instr(${value}, '@') > 0 AND contains(${value}, ${plain}))`,
    ...(text.includes(':') ? [`starts_with(${key}, ${plain})`] : []),
  ];
  return `(contains(${words}, ' ' || trim(${wordsOf(plain)})) AND trim(${wordsOf(plain)}) <> ''
    OR ${mails.join(' OR ')}
    OR person IN ${ownersWhere(parameters, project, named.join(' OR '))})`;
}

/** A text as its words: what is neither letter nor digit is one blank, without case and accents. */
const wordsOf = (text: string): string => `regexp_replace(strip_accents(lower(${text})), '[^\\p{L}\\p{N}]+', ' ', 'g')`;

/** What the first events on these identifiers say of who came. */
export async function firstWords(
  lane: Lane,
  project: ProjectId,
  nodes: readonly NodeNumber[],
): Promise<ReadonlyMap<NodeNumber, FirstWords>> {
  if (nodes.length === 0) return new Map();
  const found = await lane.rows<FirstWords & { node: number }>((parameters) => {
    const first = (json: string, ...names: readonly string[]) => {
      const value = `coalesce(${names.map((name) => jsonSql(parameters, json, name)).join(', ')})`;
      return `arg_min(${value}, ${ORDER}) FILTER (${value} IS NOT NULL)`;
    };
    return `SELECT e.node, ${first('e.properties', '$browser', 'browser')} AS browser,
        ${first('e.properties', '$os', 'os', 'platform')} AS system, ${first('e.touches', 'utm_campaign')} AS campaign
      FROM events e WHERE e.project = ${parameters.text(project)} AND NOT e.hidden
        AND e.node IN (SELECT unnest(${parameters.integers(nodes)})) GROUP BY 1`;
  });
  return new Map(found.map(({ node, ...said }) => [node, said]));
}

async function anchorsOf(
  lane: Lane,
  project: ProjectId,
  rows: readonly Found[],
): Promise<ReadonlyMap<number, PeopleRow['anchor']>> {
  const visits = rows.flatMap(({ founder, position }) => (founder === null && position !== null ? [position] : []));
  if (visits.length === 0) return new Map();
  const found = await lane.rows<{ position: number; anchor: PeopleRow['anchor'] }>(
    (parameters) => `SELECT position::DOUBLE AS position, anchor FROM events
      WHERE project = ${parameters.text(project)} AND position IN (SELECT unnest(${parameters.integers(visits)}))`,
  );
  return new Map(found.map(({ position, anchor }) => [position, anchor]));
}

/** What people can be told apart by, each with how many have it. */
export async function peopleNames(lane: Lane, project: ProjectId, limit: number): Promise<PeopleNames> {
  const counted = (from: (parameters: Parameters) => string) =>
    lane.rows<PeopleNames['traits'][number]>(
      (parameters) => `SELECT name, count(*)::DOUBLE AS count FROM (${from(parameters)})
        GROUP BY name ORDER BY count DESC, name LIMIT ${parameters.integer(limit)}`,
    );
  const [traits, segments, kinds] = await Promise.all([
    counted((parameters) => `SELECT unnest(json_keys(traits)) AS name FROM ${rowsOf(parameters, project, 'people')}`),
    counted(
      (parameters) =>
        `SELECT unnest(from_json(segments, '["VARCHAR"]')) AS name FROM ${rowsOf(parameters, project, 'people')}`,
    ),
    counted(
      (parameters) => `SELECT DISTINCT split_part(o.key, ':', 1) AS name, coalesce(o.person, s.person) AS person
        FROM ${ownersSql(parameters, project)}`,
    ),
  ]);
  return { traits, segments, kinds };
}

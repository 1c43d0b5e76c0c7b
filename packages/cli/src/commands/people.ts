import type { EventsAnswer, PersonView, SearchAnswer } from '@selfsame/server';
import { Command } from 'commander';
import { type Connection, type ConnectionOptions, withConnection, withServer } from '../connection.ts';
import { Failure } from '../failure.ts';
import { flag, positionOrMoment, wholeNumber } from '../flag.ts';
import { print } from '../print.ts';

interface PeopleOptions extends ConnectionOptions {
  readonly json?: boolean;
}

/** `selfsame people search` and `selfsame people show`. */
export function peopleCommand(): Command {
  const command = new Command('people')
    .description('Find people and show what is known of them.')
    .addHelpText('after', '\nExamples:\n  selfsame people search ann@\n  selfsame people show user:42');
  command.addCommand(
    withConnection(new Command('search'))
      .description('People whose identifier, name or e-mail begins with a text.')
      .argument('<text>', 'the beginning')
      .addOption(flag('--json', 'as JSON'))
      .addHelpText('after', '\nExample:\n  selfsame people search ann@')
      .action((text: string, options: PeopleOptions) =>
        withServer(options, async (connection) => {
          const answer = await connection.get<SearchAnswer>('/v1/people/search', { q: text });
          const people = answer?.people ?? [];
          if (options.json === true) return print(JSON.stringify(people, null, 2));
          if (people.length === 0) throw new Failure(`Nobody's identifier, name or e-mail begins with "${text}".`);
          for (const one of people) {
            const ids = one.identifiers.map(({ kind, value }) => `${kind}:${value}`).join('  ');
            print(`${one.id}  ${one.known ? 'known    ' : 'anonymous'}  ${one.name}\n    ${ids}`);
          }
        }),
      ),
  );
  command.addCommand(
    withConnection(new Command('show'))
      .description('One person: identifiers with their time, traits, segments, consent by purpose, last events.')
      .argument('<who>', 'an identifier such as user:42, or a person id')
      .addOption(flag('--at <time>', 'who owned the identifier at that time, ISO 8601'))
      .addOption(
        flag('--as-of <when>', 'as it was known at a position of the log, or by a moment (ISO 8601)').argParser(
          positionOrMoment,
        ),
      )
      .addOption(flag('--events <n>', 'how many of the last events', 10).argParser(wholeNumber(0, 1000)))
      .addOption(flag('--json', 'as JSON'))
      .addHelpText(
        'after',
        '\nExamples:\n  selfsame people show user:42\n  selfsame people show device:5f1c… --at 2026-03-01T12:00:00Z',
      )
      .action((who: string, options: ShowOptions) =>
        withServer(options, (connection) => show(connection, who, options)),
      ),
  );
  return command;
}

interface ShowOptions extends PeopleOptions {
  readonly at?: string;
  readonly asOf?: string;
  readonly events: number;
}

async function show(connection: Connection, who: string, options: ShowOptions): Promise<void> {
  const person = await find(connection, who, options);
  if (person === undefined)
    throw new Failure(`Nobody is ${who}. "selfsame people search" finds people by a beginning.`);
  const page =
    options.events === 0
      ? undefined
      : await connection.get<EventsAnswer>(`/v1/people/${person.id}/events`, { limit: String(options.events) });
  const events = page?.events ?? [];
  if (options.json === true) return print(JSON.stringify({ ...person, events }, null, 2));
  print(`${person.id}  ${person.known ? 'known' : 'anonymous'}, consent ${person.consent}`);
  print(`seen ${person.firstSeen ?? 'never'} … ${person.lastSeen ?? 'never'}`);
  if (person.formerIds.length > 0)
    print(`was also ${person.formerIds.join(', ')}${andMore(person.formerIds, person.formerIdCount)}`);
  print('\nidentifiers');
  for (const { kind, value, from, to, rule } of person.identifiers)
    print(`  ${kind}:${value}  ${from ?? 'ever'} … ${to ?? 'now'}${rule === undefined ? '' : `  [${rule}]`}`);
  if (person.identifierCount > person.identifiers.length)
    print(` ${andMore(person.identifiers, person.identifierCount)}: GET /v1/people/${person.id}/identifiers`);
  const traits = Object.entries(person.traits);
  if (traits.length > 0) print('\ntraits');
  for (const [name, value] of traits) print(`  ${name}: ${JSON.stringify(value)}`);
  if (person.traitCount > traits.length)
    print(` ${andMore(traits, person.traitCount)}: GET /v1/people/${person.id}/traits`);
  if (person.segments.length > 0)
    print(`\nsegments\n  ${person.segments.join(', ')}${andMore(person.segments, person.segmentCount)}`);
  print('\nconsent by purpose');
  for (const line of purposeLines(person)) print(`  ${line}`);
  if (events.length > 0) print('\nlast events');
  for (const event of events) print(`  ${event.time}  ${event.name}`);
}

/** What the person's own answer has no room for; nothing where it has all. */
const andMore = (shown: readonly unknown[], total: number): string =>
  total > shown.length ? ` … and ${total - shown.length} more` : '';

/** What was said of each purpose of consent, a line each. */
export function purposeLines({ consentByPurpose = [] }: Pick<PersonView, 'consentByPurpose'>): readonly string[] {
  if (consentByPurpose.length === 0) return ['nothing was said of any purpose'];
  return consentByPurpose.map(({ purpose, said, since, source }) => {
    const when = since === null ? '' : ` since ${since}`;
    return `${purpose}: ${said.replaceAll('-', ' ')}${when}${source === null ? '' : `, ${JSON.stringify(source)}`}`;
  });
}

async function find(connection: Connection, who: string, { at, asOf }: ShowOptions): Promise<PersonView | undefined> {
  const when = {
    ...(at === undefined ? {} : { at }),
    ...(asOf === undefined ? {} : { asOf }),
  };
  const colon = who.indexOf(':');
  if (colon < 0) return await connection.get(`/v1/people/${encodeURIComponent(who)}`, when);
  return await connection.get('/v1/people', { kind: who.slice(0, colon), value: who.slice(colon + 1), ...when });
}

import type {
  ClaimView,
  CureAnswer,
  PinAnswer,
  RetractionsAnswer,
  UndoAnswer,
  UndoneAnswer,
  UndoPreview,
} from '@selfsame/server';
import { Command } from 'commander';
import { type Connection, type ConnectionOptions, refusal, withConnection, withServer } from '../connection.ts';
import { Failure } from '../failure.ts';
import { flag } from '../flag.ts';
import { print } from '../print.ts';
import { followSimulation, questionsInWords, readQuestions } from '../simulation.ts';
import { claimInWords, doneInWords, previewInWords, undoInWords } from './claims-in-words.ts';

type Options = ConnectionOptions & { readonly json?: boolean };
type UndoOptions = Options & { readonly reason?: string; readonly dryRun?: boolean; readonly questions?: string };
type Selection = UndoOptions & {
  readonly entry?: string;
  readonly identifier?: string;
  readonly wire?: string;
  readonly insertIds?: string;
  readonly from?: string;
  readonly to?: string;
  readonly undo?: string;
  readonly cure?: string;
  readonly all?: boolean;
};

/** `selfsame claims show | retract | restore | pin | history`: what we were told, taken back and put back. */
export function claimsCommand(): Command {
  const command = new Command('claims').description('Look at a claim; take back what was told, or put it back.');
  command.addHelpText(
    'after',
    `
Nothing is deleted: people, links, traits and events read as if it had never come, until it is put back.
"selfsame explain" and the console name claims.

Examples:
  selfsame claims retract c12.2867341123 --dry-run
  selfsame claims retract c12.2867341123 --reason "a tester's phone"
  selfsame claims retract --identifier device:qa-1 --reason "our own device"
  selfsame claims retract --cure email:info@example.com --dry-run
  selfsame claims retract --cure user:qa --all --from 2026-11-01 --reason "a tester's id"
  selfsame claims restore --undo 1207 --reason "it was ann's after all"
  selfsame claims pin device:tablet --to user:son --reason "it is his"
  selfsame claims history`,
  );
  const sub = (name: string) => withConnection(new Command(name)).addOption(flag('--json', 'as JSON'));
  command.addCommand(
    sub('show')
      .description('Who said it, when, whether it stands, and who took it back or put it back.')
      .argument('<id>', 'a claim such as c12.2867341123')
      .addHelpText('after', '\nExample:\n  selfsame claims show c12.2867341123')
      .action((id: string, options: Options) =>
        withServer(options, async (connection) => {
          const claim = await connection.get<ClaimView>(pathOf(id));
          if (claim === undefined) throw noSuchClaim(id);
          print(options.json === true ? JSON.stringify(claim, null, 2) : claimInWords(claim));
        }),
      ),
  );
  for (const what of ['retract', 'restore'] as const) command.addCommand(undoCommand(sub(what), what));
  command.addCommand(pinCommand(sub('pin')));
  command.addCommand(
    sub('history')
      .description('Everything that was taken back or put back, newest first.')
      .addHelpText('after', '\nExample:\n  selfsame claims history')
      .action((options: Options) =>
        withServer(options, async (connection) => {
          const { retractions } = (await connection.get<RetractionsAnswer>('/v1/retractions')) ?? { retractions: [] };
          if (options.json === true) return print(JSON.stringify(retractions, null, 2));
          if (retractions.length === 0) return print('Nothing was ever taken back.');
          for (const one of retractions) print(undoInWords(one));
        }),
      ),
  );
  return command;
}

const questionsFlag = () =>
  flag(
    '--questions <file>',
    'with --dry-run: a JSON list of {"insight":"funnel","question":…}, answered today and then',
  );

function undoCommand(command: Command, what: 'retract' | 'restore'): Command {
  const undo = flag(
    '--undo <position>',
    'what this undo took back, as "claims history" names it; the rest stays as it is',
  );
  const cure = flag('--cure <kind:value>', 'what made the breaker quarantine this value, and no more');
  const all = flag('--all', 'with --cure: all that joined it with others, on whatever day; --from and --to narrow it');
  for (const one of what === 'restore' ? [undo] : [cure, all]) command.addOption(one);
  return command
    .description(
      what === 'retract'
        ? 'Take back a claim, or all that fits.'
        : 'Put back a claim, or what one undo took back: that with this position, or the last one all of which fits.',
    )
    .argument('[id...]', 'a claim such as c12.2867341123, or several')
    .addOption(flag('--entry <position>', 'all of one entry of the log'))
    .addOption(flag('--identifier <kind:value>', 'that it was named, wherever it was'))
    .addOption(flag('--wire <name>', 'what came by this wire'))
    .addOption(flag('--insert-ids <prefix>', 'what came with insert ids that begin so'))
    .addOption(flag('--from <when>', 'what happened from this time on (ISO 8601)'))
    .addOption(flag('--to <when>', 'what happened before this time (ISO 8601)'))
    .addOption(flag('--reason <text>', 'why; kept with it'))
    .addOption(flag('--dry-run', 'say what would change, and change nothing'))
    .addOption(questionsFlag())
    .addHelpText(
      'after',
      `\nExamples:\n  selfsame claims ${what} c12.2867341123 --dry-run\n  selfsame claims ${what} c12.2867341123 --dry-run --questions questions.json\n  selfsame claims ${what} --wire mixpanel --from 2026-11-01 --to 2026-11-02 --reason "a faulty release"`,
    )
    .action((ids: readonly string[], options: Selection) =>
      withServer(options, async (connection) => {
        assertWhy(options);
        assertOne(ids, options);
        const answer = await askedFor(ids, options)(connection, what, options);
        if ('dryRun' in answer) return printPreview(connection, answer, options);
        if (options.json === true) return print(JSON.stringify(answer, null, 2));
        if ('entries' in answer) return print(doneInWords(answer));
        print(
          `${answer.id} ${answer.stands ? 'stands' : 'does not stand'}: ${answer.reason} (${answer.by}, ${answer.at}).`,
        );
      }),
    );
}

/** @throws Failure when something is to be done without a reason, or questions are asked that only a dry run answers. */
function assertWhy({ reason, dryRun, questions }: UndoOptions): void {
  if (reason === undefined && dryRun !== true)
    throw new Failure('Say why with --reason, or look first with --dry-run.', 2);
  if (questions !== undefined && dryRun !== true)
    throw new Failure('--questions goes with --dry-run: it says how their answers would change.', 2);
}

/** Ways to say what is meant, each of which stands alone; a range of time narrows what fits, and a cure. */
const ways = [
  { name: 'claims', of: ['claims'], narrowed: false },
  { name: '--undo', of: ['undo'], narrowed: false },
  { name: '--cure', of: ['cure'], narrowed: true },
  {
    name: '--entry, --identifier, --wire and --insert-ids',
    of: ['entry', 'identifier', 'wire', 'insertIds'],
    narrowed: true,
  },
] as const;

/** @throws Failure when what is meant is said in two ways, one of which would be left out in silence. */
function assertOne(ids: readonly string[], options: Selection): void {
  const given = { ...options, claims: ids.length > 0 ? ids : undefined };
  const said = ways.filter(({ of }) => of.some((name) => given[name] !== undefined));
  const [one, other] = said;
  if (other !== undefined) throw new Failure(`Say what is meant in one way: ${one?.name}, or ${other.name}.`, 2);
  const isOfTime = options.from !== undefined || options.to !== undefined;
  if (isOfTime && one?.narrowed === false)
    throw new Failure(`--from and --to go with --cure, or with what fits, and not with ${one.name}.`, 2);
  if (options.all === true && options.cure === undefined)
    throw new Failure('--all goes with --cure: it says of which value.', 2);
}

async function printPreview(connection: Connection, answer: UndoPreview, { json }: Options): Promise<void> {
  const asked = await answersThen(connection, answer.simulation, json === true);
  if (json === true) return print(JSON.stringify({ ...answer, questions: asked }, null, 2));
  print([previewInWords(answer), ...(asked === undefined ? [] : [questionsInWords(asked)])].join('\n'));
}

type PinOptions = UndoOptions & { readonly to?: string; readonly nobody?: boolean };

function pinCommand(command: Command): Command {
  return command
    .description('Move an identifier to somebody, or to nobody, and pin it there: nothing weaker moves it.')
    .argument('<identifier>', 'kind:value')
    .addOption(flag('--to <kind:value>', 'whose it is, by a login of theirs'))
    .addOption(flag('--nobody', 'it belongs to itself'))
    .addOption(flag('--reason <text>', 'why; kept with it'))
    .addOption(flag('--dry-run', 'say what would change, and change nothing'))
    .addOption(questionsFlag())
    .addHelpText(
      'after',
      '\nExamples:\n  selfsame claims pin device:tablet --to user:son --dry-run\n  selfsame claims pin device:tablet --to user:son --reason "it is his"\n  selfsame claims pin email:info@example.com --nobody --reason "everybody uses it"\n\nTaking the pin back ("claims retract" with the claim that is printed) unpins it.',
    )
    .action((identifier: string, options: PinOptions) =>
      withServer(options, async (connection) => {
        const { to, nobody, json } = options;
        if ((to === undefined) === (nobody !== true))
          throw new Failure('Say whose it is with --to, or that it is nobody’s with --nobody.', 2);
        assertWhy(options);
        const answer = await change<PinAnswer>(connection, '/v1/pins', { identifier, person: to ?? null }, options);
        if ('dryRun' in answer) return printPreview(connection, answer, options);
        if (json === true) return print(JSON.stringify(answer, null, 2));
        print(`Pinned: ${identifier} belongs to ${to ?? 'nobody'} (claim ${answer.claim}).`);
      }),
    );
}

type Asked = (connection: Connection, what: string, options: Selection) => Promise<UndoAnswer | UndoneAnswer>;

function askedFor(ids: readonly string[], { undo, cure }: Selection): Asked {
  const [id, ...more] = ids;
  if (id !== undefined) return more.length === 0 ? undoClaim(id) : undoClaims(ids);
  if (undo !== undefined) return restoreUndo(undo);
  return cure === undefined ? undoSelection : takeCure(cure);
}

const undoClaim =
  (id: string): Asked =>
  (connection, what, options) =>
    change<UndoAnswer>(connection, `${pathOf(id)}/${what}`, {}, options, noSuchClaim(id));

const undoClaims =
  (claims: readonly string[]): Asked =>
  (connection, what, options) =>
    change<UndoneAnswer>(connection, '/v1/retractions', { what, claims }, options);

/** What the breaker counted of a value; or all that joined it with others, of some time. */
const takeCure =
  (of: string): Asked =>
  async (connection, what, options) => {
    const { all, from, to } = options;
    const query = new URLSearchParams({
      of,
      ...(all === true ? { all: 'true' } : {}),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
    const cure = await connection.get<CureAnswer>(`/v1/suspicious/cure?${query}`);
    if (cure === undefined)
      throw new Failure(
        `${of} is not quarantined, or was never named. With --all, or --from and --to, all that joined it with others is taken back.`,
      );
    if (cure.claims.length === 0)
      throw new Failure(`Nothing that can be taken back joined ${of} with anybody in that time.`);
    return undoClaims(cure.claims)(connection, what, options);
  };

const undoSelection: Asked = (connection, what, options) => {
  const { entry, identifier, wire, insertIds, from, to } = options;
  const source = wire === undefined && insertIds === undefined ? undefined : { wire, insertIdPrefix: insertIds };
  return change<UndoneAnswer>(connection, '/v1/retractions', { what, entry, identifier, source, from, to }, options);
};

const restoreUndo =
  (position: string): Asked =>
  (connection, _what, options) =>
    change<UndoneAnswer>(
      connection,
      `/v1/retractions/${encodeURIComponent(position)}/restore`,
      {},
      options,
      new Failure(`Nothing was taken back at ${position}. "selfsame claims history" lists what was.`),
    );

/**
 * Changes something, or looks at what would change, with its reason and its questions. `missing`: what a 404 means.
 * @throws Failure with the server's reason
 */
async function change<Answer>(
  connection: Connection,
  path: string,
  body: object,
  { reason, dryRun, questions }: UndoOptions,
  missing?: Failure,
): Promise<Answer> {
  const asked = questions === undefined ? {} : { questions: readQuestions(questions) };
  const answer = await connection.send(`${path}${dryRun === true ? '?dryRun=true' : ''}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, reason, ...asked }),
  });
  if (answer.status === 404 && missing !== undefined) throw missing;
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()) as Answer;
}

/** How the questions of a dry run are answered today and then; undefined: none were asked. */
async function answersThen(connection: Connection, simulation: string | undefined, quiet: boolean) {
  if (simulation === undefined) return undefined;
  const { result } = await followSimulation(connection, simulation, quiet);
  return result?.questions ?? [];
}

const pathOf = (id: string): string => `/v1/claims/${encodeURIComponent(id)}`;

const noSuchClaim = (id: string) =>
  new Failure(`There is no claim ${id}. "selfsame explain" names the claims between two identifiers.`);

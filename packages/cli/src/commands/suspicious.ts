import type { SuspiciousAnswer } from '@selfsame/server';
import { Command } from 'commander';
import { type ConnectionOptions, withConnection, withServer } from '../connection.ts';
import { flag } from '../flag.ts';
import { print } from '../print.ts';

type Options = ConnectionOptions & { readonly json?: boolean; readonly limit?: string };
type Row = SuspiciousAnswer['rows'][number];

/** `selfsame suspicious`: joins that may be mistakes, the worst first, and what takes each back. */
export function suspiciousCommand(): Command {
  return withConnection(new Command('suspicious'))
    .description('List joins that may be mistakes, the worst first, each with what would take it back.')
    .addOption(flag('--limit <n>', 'at most so many').default('20'))
    .addOption(flag('--json', 'as JSON'))
    .addHelpText('after', '\nWhat the breaker quarantined comes first.\n\nExample:\n  selfsame suspicious --limit 5')
    .action((options: Options) =>
      withServer(options, async (connection) => {
        const limit = new URLSearchParams({ limit: options.limit ?? '20' });
        const { rows } = (await connection.get<SuspiciousAnswer>(`/v1/suspicious?${limit}`)) ?? { rows: [] };
        if (options.json === true) return print(JSON.stringify(rows, null, 2));
        if (rows.length === 0) return print('Nothing looks wrong.');
        for (const row of rows) print(rowInWords(row));
      }),
    );
}

function rowInWords({ what, isQuarantined, identifier, reach, events, peak, cure }: Row): string {
  const value = `${identifier.kind}:${identifier.value}`;
  const day = peak === null ? '' : `, ${peak.count} of them on ${peak.day.slice(0, 10)}`;
  return [
    `${value}  ${inWords[what]} ${reach}${day}${isQuarantined ? ' (quarantined: believed for none)' : ''}`,
    `    ${events.own} events hang on it, ${events.others} on the rest of its person`,
    `    selfsame claims retract ${cureInWords(cure)} --dry-run`,
  ].join('\n');
}

const inWords: Readonly<Record<Row['what'], string>> = {
  'shared-value': 'people it was said to be:',
  'merged-value': 'others it was merged with:',
  'weak-join': 'one weak word joins histories:',
  'sudden-growth': 'identifiers its person got on one day:',
};

const cureInWords = (cure: Row['cure']): string =>
  'claim' in cure
    ? cure.claim
    : 'quarantined' in cure
      ? `--cure ${quoted(cure.quarantined)}`
      : 'joined' in cure
        ? `--cure ${quoted(cure.joined)} --all`
        : `--identifier ${quoted(cure.identifier)}`;

/** As a shell takes it. */
const quoted = (text: string): string => (/^[\w:@.+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { JsonObject } from '@selfsame/identity';
import { Command, InvalidArgumentError } from 'commander';
import { type Connection, type ConnectionOptions, withConnection, withServer } from '../connection.ts';
import { Failure, unwritable } from '../failure.ts';
import { flag, wholeNumber } from '../flag.ts';
import { Batches } from '../import/batches.ts';
import { outgoing } from '../import/format.ts';
import { mixpanel as mixpanelFormat } from '../import/formats/mixpanel.ts';
import { sendTogether } from '../import/send.ts';
import { Tally } from '../import/tally.ts';
import { print } from '../print.ts';
import { startProgress } from '../progress.ts';
import {
  mixpanelEvent,
  mixpanelIdentify,
  mixpanelProfile,
  type SimulatedEvent,
  type SimulatedHistory,
  simulate,
} from '../simulate/index.ts';

interface SimulateFlags extends ConnectionOptions {
  readonly people: number;
  readonly seed: number;
  readonly days: number;
  readonly end?: number;
  readonly out?: string;
}

const HOUR = 3_600_000;

/** `selfsame simulate`: fills a project with a shop's visitors, over Mixpanel's wire. */
export function simulateCommand(): Command {
  return withConnection(new Command('simulate'))
    .description('Fill a project with the visitors of a simulated shop.')
    .addOption(flag('--people <n>', 'how many humans', 3000).argParser(wholeNumber(1, 200_000)))
    .addOption(flag('--seed <n>', 'the same seed gives the same history', 1).argParser(wholeNumber(0, 4_294_967_295)))
    .addOption(flag('--days <n>', 'how long the history is', 30).argParser(wholeNumber(1, 3650)))
    .addOption(flag('--end <time>', 'when it ends, ISO 8601; the begun hour when left out').argParser(moment))
    .addOption(flag('--out <file>', 'write Mixpanel events to this file instead of sending them; - is standard output'))
    .addHelpText(
      'after',
      `
People have phones, laptops and family tablets; they lose cookies, sign up late or never, come from campaigns and buy.

Examples:
  selfsame simulate                                 3,000 people into the project "demo"
  selfsame simulate --people 200 --seed 7 --end 2026-01-31T00:00:00Z --out shop.ndjson`,
    )
    .action(async (options: SimulateFlags) => {
      const { people, seed, days, end = Math.floor(Date.now() / HOUR) * HOUR, out } = options;
      const history = simulate({ people, seed, days, end });
      if (out !== undefined) return await write(history, out);
      await withServer(options, (connection) => fill(connection, history));
    });
}

/** Sends a history to a project as its pages would have, through the import that takes old events. */
export async function fill(connection: Connection, history: SimulatedHistory): Promise<void> {
  const { publicKey: token, mixpanel } = connection.project;
  const bar = startProgress(history.events.length);
  const events = new Batches(1000);
  const profiles = new Batches(1000);
  const tally = new Tally();
  const queue = async (batches: Batches, value: JsonObject | undefined, number: number) => {
    if (value === undefined) return;
    const made = outgoing(mixpanelFormat, value, { number, token });
    if ('problem' in made) throw new Error(`the simulator made an item that ${made.problem}`);
    for (const item of made) await sendTogether(connection, batches.add(item), tally);
  };
  try {
    for (const [i, event] of history.events.entries()) {
      // Only the original merge goes by it; the simplified one answers it with an error.
      if (mixpanel === 'original') await queue(events, mixpanelIdentify(event, token), i);
      await queue(events, mixpanelEvent(event, token), i);
      await queue(profiles, mixpanelProfile(event, token), i);
      if (i % 500 === 0) bar.show(i, i);
    }
    await sendTogether(connection, events.take(), tally);
    await sendTogether(connection, profiles.take(), tally);
    bar.show(history.events.length, history.events.length);
  } finally {
    bar.stop();
  }
  const devices = new Set(history.events.map((event) => event.device)).size;
  const customers = new Set(history.events.map((event) => event.user)).size - 1;
  print(
    `${number(history.humans.length)} people, ${number(customers)} of them customers, with ${number(devices)} device ids, into project ${connection.project.id}: ${tally}`,
  );
  for (const reason of tally.reasons) process.stderr.write(`  ${reason}\n`);
  if (tally.refused > 0) throw new Failure(`${number(tally.refused)} items were not taken; the first are above.`);
}

async function write({ events }: SimulatedHistory, out: string): Promise<void> {
  const lines = function* (list: readonly SimulatedEvent[]) {
    for (const event of list) yield `${JSON.stringify(mixpanelEvent(event, 'simulated'))}\n`;
  };
  try {
    await pipeline(Readable.from(lines(events)), out === '-' ? process.stdout : createWriteStream(out), {
      end: out !== '-',
    });
  } catch (cause) {
    throw unwritable(out, cause);
  }
}

function moment(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('It must be a time such as 2026-01-31T00:00:00Z.');
  return time;
}

const number = (n: number): string => n.toLocaleString('en');

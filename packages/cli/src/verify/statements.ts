import type { Policy, Statement } from '@selfsame/identity';
import { type Host, mixpanel, mparticle, native, type Protocol, segment } from '@selfsame/protocols';
import { Failure } from '../failure.ts';
import { anonymousIds } from '../import/anonymous-ids.ts';
import { Batches } from '../import/batches.ts';
import { formatCalled, formatOf, itemFormatNames, outgoing } from '../import/format.ts';
import type { Outgoing, Route } from '../import/outgoing.ts';
import { unwrapped } from '../import/refused-file.ts';
import { bodyOf } from '../import/request-body.ts';
import { openItems } from '../read-items.ts';
import { ARRIVAL } from './digest.ts';
import { wireHost, wireRequest } from './wire-host.ts';

/** The largest file we read whole, items: every order is folded in memory. */
const MOST = 5_000_000;
/** Items a wire is handed at once. */
const TOGETHER = 1000;

/**
 * The statements in a file, read by the wires themselves, as the server would with the project's server key.
 * @throws Failure at the first item that is none, and where there are none.
 */
export async function readStatements(file: string, policy: Policy, given?: string): Promise<readonly Statement[]> {
  const host = wireHost(policy, 2);
  const statements: Statement[] = [];
  const items = await openItems(file);
  const batches = new Batches(TOGETHER);
  let anonymous: ReadonlySet<string> | undefined;
  let format = formatCalled(items.shape === 'json' ? (given ?? '') : items.shape);
  for await (const item of items) {
    if (item.number > MOST) throw new Failure(`${file} has over ${MOST} items, more than fit in memory here.`);
    if ('problem' in item) throw new Failure(`Item ${item.number} of ${file} ${item.problem}.`);
    const { value, number } = unwrapped(item.value, item.number);
    format ??= formatOf(value);
    if (format === undefined)
      throw new Failure(`What is ${file} written in? Say it with --wire: ${itemFormatNames.join(', ')}.`, 2);
    anonymous ??= (await anonymousIds(format, file)) ?? new Set();
    const made = outgoing(format, value, { number, token: 'verify', anonymous }, item.number);
    if ('problem' in made) throw new Failure(`Item ${item.number} of ${file} ${made.problem}.`);
    for (const next of made) statements.push(...(await read(batches.add(next), host, file)));
  }
  statements.push(...(await read(batches.take(), host, file)));
  if (statements.length === 0) throw new Failure(`${file} has no items: a test of nothing would pass.`, 2);
  return statements;
}

interface Read {
  readonly wire: Protocol;
  readonly path: string;
  readonly authorization: string;
}

const key = 'Basic dmVyaWZ5Og==';
const routes: Readonly<Record<Route, Read>> = {
  batch: { wire: native, path: '/v1/batch', authorization: 'Bearer verify' },
  public: { wire: native, path: '/v1/batch', authorization: 'Bearer verify' },
  import: { wire: mixpanel, path: '/import', authorization: key },
  engage: { wire: mixpanel, path: '/engage', authorization: key },
  groups: { wire: mixpanel, path: '/groups', authorization: key },
  segment: { wire: segment, path: '/v1/import', authorization: key },
  mparticle: { wire: mparticle, path: '/v2/events', authorization: 'Basic dmVyaWZ5OnZlcmlmeQ==' },
};

async function read(items: readonly Outgoing[], host: Host, file: string): Promise<readonly Statement[]> {
  const [first] = items;
  if (first === undefined) return [];
  const { wire, path, authorization } = routes[first.route];
  const request = wireRequest(path, authorization, bodyOf(items));
  const reading = await wire.read(request, host);
  if (reading.type === 'answer') throw new Failure(`${file} cannot be read as ${wire.name}: ${reading.reply.body}`);
  return reading.items.map((item, i) => {
    // One message may make several items; the place is then the first one's of its request.
    const { number } = (items.length === reading.items.length ? (items[i] as Outgoing) : first).source;
    if (item.type === 'refused') throw new Failure(`Item ${number} of ${file} would be refused: ${item.reason}.`);
    return settled(item.statement, number);
  });
}

/** An item without a time happened when it arrived ([T1]); in a file that is its place, whatever order we then try. */
function settled({ sentAt: _, ...statement }: Statement, number: number): Statement {
  return { ...statement, time: statement.time ?? ARRIVAL + number };
}

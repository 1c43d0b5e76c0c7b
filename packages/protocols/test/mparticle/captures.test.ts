import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mparticle } from '../../src/mparticle/index.ts';
import { request } from '../world.ts';
import { open } from './workspace.ts';

interface Capture {
  /** Name and version of the client. */
  readonly client: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  /** What it becomes; none where the answer needs no log. */
  readonly statements: readonly object[];
  readonly reply: { readonly status: number; readonly headers: object; readonly body: string };
}

const folder = join(import.meta.dirname, '../../src/mparticle/captures');
const captures = readdirSync(folder).map((file) => [
  file,
  JSON.parse(readFileSync(join(folder, file), 'utf8')) as Capture,
]) as [string, Capture][];

/** One visitor's session, in order: each request meets what those before it left behind. */
const world = open('mparticle-default', { publicKey: 'us1-testkey', serverKey: 's3cret', start: 1_795_322_164_974 });

it.each(captures)('%s', async (_file, { request: sent, statements, reply }) => {
  const before = world.entries.length;
  const asSent = request(sent.method, sent.path, sent.body, sent.headers);
  const answer = await world.send(asSent);
  expect({ status: answer.status, headers: answer.headers, body: String(answer.body) }).toEqual(reply);
  const made = world.entries.slice(before).map(({ entry: { command, insertId, repeat, trust, time, at } }) => ({
    command,
    trust,
    insertId,
    repeat,
    time: time === at ? undefined : time,
  }));
  expect(JSON.parse(JSON.stringify(made))).toEqual(statements);
  expect(mparticle.headers(asSent)).toEqual({
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'x-mp-max-age',
  });
});

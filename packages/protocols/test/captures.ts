import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy } from '@selfsame/identity';
import { expect, it } from 'vitest';
import type { Protocol } from '../src/protocol.ts';
import { createWorld, request } from './world.ts';

/** A request as a vendor's client sent it, and what it must become. */
export interface Capture {
  /** Name and version of the client, and where it ran. */
  readonly client: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  /** Commands with the circumstances that the wire read. */
  readonly statements: readonly object[];
  readonly reply: { readonly status: number; readonly body: string };
}

/** One test for every file of `src/<wire>/captures`. */
export function testCaptures(wire: Protocol, policy: Policy): void {
  const folder = join(import.meta.dirname, '../src', wire.name, 'captures');
  it.each(readdirSync(folder))('%s', async (file) => {
    const capture = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Capture;
    expect(await replay(wire, policy, capture.request)).toEqual({
      statements: capture.statements,
      reply: capture.reply,
    });
  });
}

/** What a captured request becomes. */
export async function replay(
  wire: Protocol,
  policy: Policy,
  sent: Capture['request'],
): Promise<Pick<Capture, 'statements' | 'reply'>> {
  const world = createWorld(wire, policy);
  const reply = await world.send(request(sent.method, sent.path, sent.body, sent.headers));
  const statements = world.entries.map(({ entry: { command, insertId, repeat, wire: name, trust } }) => {
    // A name that the host made up for the request is not the client's.
    const isMadeUp = insertId !== undefined && !sent.body.includes(insertId);
    const names = isMadeUp ? {} : { insertId, repeat };
    return { command, wire: name, trust, ...names };
  });
  return {
    statements: JSON.parse(JSON.stringify(statements)),
    reply: { status: reply.status, body: String(reply.body) },
  };
}

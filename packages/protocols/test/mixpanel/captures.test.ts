import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '@selfsame/identity';
import { presets } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { mixpanel } from '../../src/mixpanel/index.ts';
import type { Host, Item } from '../../src/protocol.ts';
import { request, text } from './project.ts';

interface Capture {
  readonly sdk: string;
  /** As the SDK sent it; `body` holds one character a byte. */
  readonly request: {
    readonly method: string;
    readonly target: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  /** What it becomes in the simplified merge; absent: the answer needs no log. */
  readonly items?: readonly Item[];
  /** The commands of an identity event under the other two policies. */
  readonly evidence?: readonly object[];
  readonly original?: readonly object[];
  readonly reply: { readonly status: number; readonly headers: object; readonly body: string };
}

/** A moment after the captures were taken. */
const NOW = 1_795_561_110_000;

const host = (preset: string) => {
  const access = (trust: 0 | 2) => ({ project: 'shop', trust, policy: presets[preset] });
  return {
    now: NOW,
    publicKey: (_wire: string, key: string) => (key === 'PUB' ? access(0) : undefined),
    serverKey: (_wire: string, key: string) => (key === 'SRV' ? access(2) : undefined),
  } as unknown as Host;
};

const folder = join(import.meta.dirname, '../../src/mixpanel/captures');
const captures = readdirSync(folder).map((file): [string, Capture] => [
  file,
  JSON.parse(readFileSync(join(folder, file), 'utf8')) as Capture,
]);

/** A command without the event it keeps, which the first items of a capture already show whole. */
function bare(command: Command): Command {
  if (command.type !== 'Join') return command;
  const { event: _event, ...edit } = command;
  return edit;
}

describe('what the SDKs sent, what we make of it, and what they hear', () => {
  it.each(captures)('%s', async (_file, capture) => {
    const { method, target, headers, body } = capture.request;
    const asSent = request(method, target, Buffer.from(body, 'latin1'), headers);
    const reading = mixpanel.read(asSent, host('mixpanel-simplified'));
    const items = reading.type === 'items' ? reading.items : undefined;
    expect(items).toEqual(capture.items);
    const reply =
      reading.type === 'answer'
        ? reading.reply
        : await reading.reply(reading.items.map(() => ({ status: 'applied', notes: [] })));
    expect(text(reply)).toBe(capture.reply.body);
    expect({ ...mixpanel.headers(asSent), ...reply.headers }).toEqual(capture.reply.headers);
    expect(reply.status).toBe(capture.reply.status);
    for (const [mode, preset] of [
      ['evidence', 'selfsame'],
      ['original', 'mixpanel-original'],
    ] as const) {
      if (capture[mode] === undefined) continue;
      const other = mixpanel.read(asSent, host(preset));
      const commands =
        other.type === 'items'
          ? other.items.map((item) => item.type === 'statement' && bare(item.statement.command))
          : [];
      expect(commands).toEqual(capture[mode]);
    }
  });
});

import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The longest path of a socket that every system takes, bytes. */
const LONGEST = 100;

/** Where a server and the process of its outputs meet: a socket in their data directory, which only its owner may enter. */
export function meetingPlace(directory: string): string {
  const own = realpathSync(directory);
  const name = createHash('sha256').update(own).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\selfsame-outputs-${name}`;
  const inside = join(own, 'outputs.sock');
  return Buffer.byteLength(inside) <= LONGEST ? inside : join(tmpdir(), `selfsame-outputs-${name}.sock`);
}

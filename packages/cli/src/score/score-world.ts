import type { Policy } from '@selfsame/identity';
import { type Accounts, compare, type Quality, type Truth, truthOf } from '@selfsame/server/quality';
import type { Told, World } from '../simulate/worlds/world.ts';
import { type Arrived, attribute } from './attribute.ts';
import { readNative } from './read-native.ts';

/** What was said, ready to be judged under any policy. */
export interface Judged extends Truth {
  readonly arrived: readonly Arrived[];
}

/** Prepares statements, the human each was about (undefined: nobody knows) and who has which login, where that is known. */
export const judge = (
  arrived: readonly Arrived[],
  humans: readonly (string | undefined)[],
  accounts?: Accounts,
): Judged => ({ arrived, ...truthOf(arrived, humans, accounts) });

/** Judges one policy. */
export function scoreOf(judged: Judged, policy: Policy): Quality {
  return compare(judged, attribute(judged.arrived, policy));
}

/** A simulated world, read by our own wire as pages and the backend would have sent it. */
export function judgeWorld({ told, accounts }: World): Judged {
  const statements = readNative(told.map(({ item, trusted }) => ({ item, trust: trusted ? 2 : 0 })));
  return judge(
    statements.map((statement, i) => ({ statement, at: (told[i] as Told).arrives })),
    told.map(({ human }) => String(human)),
    new Map([...accounts].map(([account, humans]) => [`user:${account}`, new Set([...humans].map(String))])),
  );
}

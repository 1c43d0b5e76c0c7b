import {
  canonical,
  type Entry,
  type Identifier,
  type Policy,
  roleOf,
  type Statement,
  withContacts,
} from '@selfsame/identity';
import { type Accounts, accountsOf } from './accounts.ts';
import { knowableGroups, type Naming } from './knowable.ts';
import { measure, type Quality } from './measure.ts';
import type { Given, Seen } from './seen.ts';
import { standard } from './standard.ts';
import { Unnamed } from './unnamed.ts';

/** Something that was said, with the moment it came, ms. */
export interface Arrived {
  readonly statement: Pick<Statement, 'command' | 'time'> | Pick<Entry, 'command' | 'time'>;
  readonly at: number;
}

/** What is true of what was said, for any policy to be compared with. */
export interface Truth {
  /** The truth of each event, in order; undefined for what is no event or whose truth nobody told. */
  readonly seen: readonly (Seen | undefined)[];
  readonly knowable: readonly string[];
  readonly accounts: Accounts;
  /** What each statement named. */
  readonly namings: readonly Naming[];
}

/**
 * Takes down the human each statement was about (undefined: nobody knows).
 * @param accounts who has which login; absent: whoever used it most
 * @param unnamed has taken down what else was said, of which nothing is asked here
 */
export function truthOf(
  arrived: readonly Arrived[],
  humans: readonly (string | undefined)[],
  accounts?: Accounts,
  unnamed = new Unnamed(),
): Truth {
  for (const { statement } of arrived) unnamed.take(statement);
  const seen = arrived.map((one, i) => seenOf(one, humans[i], unnamed));
  const namings = arrived.map(({ statement, at }, i): Naming => {
    const ids = idsOf(statement);
    const login = ids.find((id) => isLogin(standard, id));
    return { human: humans[i], time: statement.time ?? at, ids: ids.map(nameOf), login: login && nameOf(login) };
  });
  const whose = accounts ?? accountsOf(seen.filter((one) => one !== undefined));
  return { seen, knowable: knowableGroups(namings, whose), accounts: whose, namings };
}

/** Compares a truth with whom each event was given to, in the same order; undefined for what is no event. */
export function compare(
  { seen, knowable, accounts }: Pick<Truth, 'seen' | 'knowable' | 'accounts'>,
  given: readonly (Given | undefined)[],
): Quality {
  const places = seen.flatMap((one, i) => (one === undefined || given[i] === undefined ? [] : [i]));
  return measure(
    places.map((i) => seen[i] as Seen),
    places.map((i) => given[i] as Given),
    places.map((i) => knowable[i] as string),
    accounts,
  );
}

function idsOf({ command }: Arrived['statement']): readonly Identifier[] {
  const ids = command.type === 'Merge' ? [command.one, command.other] : 'ids' in command ? command.ids : [];
  return withContacts(standard, ids, command).map(canonical);
}

function seenOf({ statement, at }: Arrived, human: string | undefined, unnamed: Unnamed): Seen | undefined {
  const { command, time = at } = statement;
  if (command.type !== 'Track' || command.hidden === true || human === undefined) return undefined;
  const login = command.ids.find((id) => isLogin(standard, id));
  const { utm_campaign: campaign, revenue } = command.properties;
  return {
    human,
    time,
    login: login && nameOf(login),
    unnamed: unnamed.deviceOf(statement),
    campaign: typeof campaign === 'string' ? campaign : undefined,
    revenue: typeof revenue === 'number' ? revenue : 0,
  };
}

export const nameOf = ({ kind, value }: Identifier): string => `${kind}:${value}`;

/** Whether an identifier names one human by itself. */
export const isLogin = (policy: Policy, id: Identifier): boolean => roleOf(policy, id.kind) === 'login';

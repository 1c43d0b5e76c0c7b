import { type Entry, identifierOf, namesIn, roleOf } from '@selfsame/identity';
import { Joined } from './joined.ts';
import { standard } from './standard.ts';

type Said = Pick<Entry, 'command'>;

/** What stands for everybody who was named; no identifier is called so. */
const SOMEBODY = '';

/**
 * Devices that nobody was ever named with: nothing that hangs together with one was a login, a contact or a profile, and
 * nobody left it. Of such a device its id is all there is, so by [L6] it is one person, whoever used it.
 */
export class Unnamed {
  readonly #joined = new Joined<string>();

  /** Takes down what a statement names. */
  take({ command }: Said): void {
    const names = namesIn(standard, { command });
    const isNamed = command.type === 'Logout' || names.some((key) => !isAnonymous(key));
    for (const name of names) this.#joined.join(isNamed ? SOMEBODY : (names[0] as string), name);
  }

  /** The device that a statement hangs on, if it is one of these; asked after all was taken. */
  deviceOf({ command }: Said): string | undefined {
    const [anchor] = namesIn(standard, { command });
    if (anchor === undefined || !isAnonymous(anchor)) return undefined;
    return this.#joined.root(anchor) === this.#joined.root(SOMEBODY) ? undefined : anchor;
  }
}

const isAnonymous = (key: ReturnType<typeof namesIn>[number]): boolean =>
  roleOf(standard, identifierOf(key).kind) === 'anonymous';

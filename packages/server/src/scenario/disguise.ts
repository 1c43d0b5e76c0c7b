import { type Identifier, type IdentifierKey, keyOf } from '@selfsame/identity';

/**
 * Gives every value another that says nothing of anybody, the same each time: `user:user-1`, `email:email-1@example.com`.
 * Placeholders of the log never come here: the rules left them out.
 */
export class Disguise {
  readonly #names = new Map<IdentifierKey, Identifier>();
  readonly #counts = new Map<string, number>();
  readonly #texts = new Map<string, string>();

  id(id: Identifier): Identifier {
    const key = keyOf(id);
    let name = this.#names.get(key);
    if (name === undefined) {
      const number = (this.#counts.get(id.kind) ?? 0) + 1;
      this.#counts.set(id.kind, number);
      name = { kind: id.kind, value: madeUp(id.kind, number) };
      this.#names.set(key, name);
    }
    return name;
  }

  /** A text that is no identifier: equal ones stay equal. */
  text(text: string): string {
    let other = this.#texts.get(text);
    if (other === undefined) this.#texts.set(text, (other = `value-${this.#texts.size + 1}`));
    return other;
  }

  /** `kind:value` in the other words. */
  key(id: Identifier): string {
    return keyOf(this.id(id));
  }
}

function madeUp(kind: string, number: number): string {
  if (kind === 'email') return `email-${number}@example.com`;
  // A number of a country code that nobody has.
  if (kind === 'phone') return `+999${String(number).padStart(8, '0')}`;
  return `${kind}-${number}`;
}

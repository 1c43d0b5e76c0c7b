import type { PersonView } from '../../api/shapes.ts';
import { isDeviceLike } from '../../parts/words.ts';

const nameTraits = ['$name', 'name', 'full_name', 'fullName', 'displayName', '$email', 'email'];

/** The best name we have: a name or e-mail trait, else the strongest identifier. */
export function nameOf(person: PersonView): string {
  for (const trait of nameTraits) {
    const value = person.traits[trait];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  const first = text(person.traits['$first_name'] ?? person.traits['firstName'] ?? person.traits['first_name']);
  const last = text(person.traits['$last_name'] ?? person.traits['lastName'] ?? person.traits['last_name']);
  if (first + last !== '') return `${first} ${last}`.trim();
  if (!person.known) return 'Anonymous visitor';
  const own = person.identifiers.find(({ kind }) => !isDeviceLike(kind));
  return own?.value ?? person.id;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

import type { EventView, PersonView } from '../../api/shapes.ts';
import { isDeviceLike } from '../../parts/words.ts';

const nameTraits = ['$name', 'name', 'full_name', 'fullName', 'displayName', '$email', 'email'];

/**
 * The best name we have: a name or e-mail trait, else the strongest identifier somebody gave them, else what their
 * events say of a visitor. An MPID is a number of ours, which names nobody to a reader.
 */
export function nameOf(person: PersonView, events: readonly EventView[] = []): string {
  for (const trait of nameTraits) {
    const value = person.traits[trait];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  const first = text(person.traits['$first_name'] ?? person.traits['firstName'] ?? person.traits['first_name']);
  const last = text(person.traits['$last_name'] ?? person.traits['lastName'] ?? person.traits['last_name']);
  if (first + last !== '') return `${first} ${last}`.trim();
  const given = person.identifiers.filter(({ kind }) => !isDeviceLike(kind));
  const own = given.find(({ kind }) => kind !== 'mpid');
  if (!person.known) return own?.value ?? visitorName(events);
  return own?.value ?? given[0]?.value ?? person.id;
}

/** What is known of somebody without a name: `Chrome on Linux, spring campaign`. */
function visitorName(events: readonly EventView[]): string {
  const first = (...names: readonly string[]): string => {
    for (const { properties } of events.toReversed())
      for (const name of names) if (text(properties[name]) !== '') return text(properties[name]);
    return '';
  };
  const [browser, system, campaign] = [
    first('$browser', 'browser'),
    first('$os', 'os', 'platform'),
    first('utm_campaign'),
  ];
  const on = [browser, system].filter((one) => one !== '').join(' on ');
  const name = [on, campaign === '' ? '' : `${campaign} campaign`].filter((one) => one !== '').join(', ');
  return name === '' ? 'Anonymous visitor' : `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

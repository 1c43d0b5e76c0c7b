import type { Instant, Json, JsonObject, TraitChange } from '@selfsame/identity';
import { isObject } from '../json/values.ts';
import { readMoment } from './wire.ts';
import { yesOrNo } from './yes-or-no.ts';

/** What was said of one purpose of consent. */
export interface Purpose {
  /** With the law it stands under: `gdpr.analytics`, `ccpa.data_sale_opt_out`. */
  readonly purpose: string;
  /** An opt-out, such as that of the CCPA, is said the other way round: to consent to it is to refuse. */
  readonly said: 'granted' | 'refused' | 'opted-out' | 'not-opted-out' | 'unclear';
  /** When the person said so, ms, where the client told. */
  readonly since?: Instant;
  /** The document they were shown and the place they said it in, where the client told. */
  readonly source?: string;
}

/**
 * Consent rides on batches. Null may mean "never set" as well as "cleared", so it changes nothing. Case and blanks around
 * a purpose make it no other one: the vendor's clients send it without, a backend as somebody wrote it.
 */
export const purposeChanges = ({ consent_state: state }: JsonObject): readonly TraitChange[] =>
  objectsIn(state).flatMap(([law, purposes]) =>
    objectsIn(purposes).map(
      ([purpose, value]): TraitChange => ({
        op: 'set',
        name: `${law}.${purpose.trim().toLowerCase()}`,
        value,
        on: 'purposes',
      }),
    ),
  );

/** Reads what {@link purposeChanges} kept ([G6]). */
export function readPurpose(purpose: string, value: Json): Purpose {
  if (!isObject(value)) return { purpose, said: 'unclear' };
  const { consented, timestamp_unixtime_ms: at, document, location } = value;
  const since = readMoment(at);
  const source = [document, location].filter((one) => typeof one === 'string' && one !== '').join(', ');
  return {
    purpose,
    said: wordFor(purpose, consented),
    ...(since === undefined ? {} : { since }),
    ...(source === '' ? {} : { source }),
  };
}

function wordFor(purpose: string, said: Json | undefined): Purpose['said'] {
  const consented = yesOrNo(said);
  if (consented === undefined) return 'unclear';
  if (purpose.endsWith('_opt_out')) return consented ? 'opted-out' : 'not-opted-out';
  return consented ? 'granted' : 'refused';
}

const objectsIn = (value: Json | undefined): readonly (readonly [string, JsonObject])[] =>
  isObject(value) ? Object.entries(value).flatMap(([name, one]) => (isObject(one) ? [[name, one] as const] : [])) : [];

import type { Json, JsonObject } from '@selfsame/identity';
import type { Message } from '../message.ts';

/** The profile's word on each purpose, law by law, as batches carry it; nothing where nothing was said. */
export function consentOf({ profile }: Message): JsonObject | undefined {
  const laws = new Map<string, Record<string, Json>>();
  for (const [name, value] of Object.entries(profile?.purposes ?? {})) {
    const { law, purpose } = partsOf(name);
    laws.set(law, { ...laws.get(law), [purpose]: value });
  }
  return laws.size === 0 ? undefined : Object.fromEntries(laws);
}

/** What a receiver is told of words that changed: `gdpr_change`, with the word before and the one that holds now. */
export function notificationsOf(message: Message): readonly JsonObject[] {
  if (message.kind !== 'person') return [];
  return (message.purposes ?? []).map(({ purpose: name, old, current }) => {
    const { law, purpose } = partsOf(name);
    const word = (said: Json) => (isObject(said) ? { regulation: law.toUpperCase(), ...said } : null);
    return { type: `${law}_change`, data: { purpose, current: word(current), old: word(old) } };
  });
}

/** `gdpr.analytics`; a purpose may have dots of its own. */
function partsOf(name: string): { readonly law: string; readonly purpose: string } {
  const dot = name.indexOf('.');
  return { law: name.slice(0, dot), purpose: name.slice(dot + 1) };
}

const isObject = (json: Json): json is JsonObject => typeof json === 'object' && json !== null && !Array.isArray(json);

import type { Json } from '@selfsame/identity';
import type { Message } from '../message.ts';
import type { Kept } from './kept.ts';
import { without, withProperty } from './properties.ts';

/** When a rule of a connection speaks: of events with this name, this wire, these properties; all that is given must hold. */
export interface When {
  readonly event?: string;
  readonly wire?: string;
  readonly properties?: Readonly<Record<string, Json>>;
}

/** What a connection does with an event; the rules of a connection run one after another ([O9]). */
export type Rule = { readonly when?: When } & (
  | { readonly do: 'keep' }
  | { readonly do: 'drop' }
  | { readonly do: 'rename'; readonly to: string }
  | { readonly do: 'set'; readonly property: string; readonly value: Json }
  | { readonly do: 'remove'; readonly property: string }
  /** Keeps so many of a hundred people, whole: always the same ones. */
  | { readonly do: 'sample'; readonly percent: number }
);

/** A message as the rules of a connection leave it, or which of them kept it. `keep` ends the rules. */
export function applyRules(rules: readonly Rule[], message: Message): Message | Kept {
  // Whose an identifier is, is told whole to whoever asks for it.
  if (message.kind === 'met') return message;
  let now = message;
  for (const [i, rule] of rules.entries()) {
    if (!speaksOf(rule.when, now)) continue;
    if (rule.do === 'keep') return now;
    if (rule.do === 'drop') return { kept: `rule ${i + 1} drops it`, step: 'rules' };
    if (rule.do === 'sample') {
      if (placeOf(now) >= rule.percent)
        return { kept: `rule ${i + 1} keeps ${rule.percent} of 100 people`, step: 'rules' };
      continue;
    }
    if (now.kind !== 'event') continue;
    const { event } = now;
    if (rule.do === 'rename') now = { ...now, event: { ...event, name: rule.to } };
    else if (rule.do === 'set') now = withProperty(now, rule.property, rule.value);
    else now = without(now, [rule.property]);
  }
  return now;
}

function speaksOf(when: When | undefined, message: Message): boolean {
  if (when === undefined || Object.keys(when).length === 0) return true;
  if (message.kind !== 'event') return false;
  const { name, wire, properties } = message.event;
  if (when.event !== undefined && when.event !== name) return false;
  if (when.wire !== undefined && when.wire !== wire) return false;
  return Object.entries(when.properties ?? {}).every(
    ([property, value]) =>
      Object.hasOwn(properties, property) && JSON.stringify(properties[property]) === JSON.stringify(value),
  );
}

/** 0 … 99.99, always the same for one person; nobody's messages go by their place in the log. */
function placeOf({ person, place }: Message): number {
  const text = person?.id ?? String(place.position);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (((hash ^ (hash >>> 13)) >>> 0) % 10_000) / 100;
}

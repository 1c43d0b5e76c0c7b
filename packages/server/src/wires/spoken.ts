import type { JsonObject, Policy } from '@selfsame/identity';
import type { Wire } from '@selfsame/protocols';
import type { ProjectSettings } from '../settings/schema.ts';

/** What a project's settings say of its wires. */
type OfWires = Pick<ProjectSettings, 'keys' | 'wires'>;

/** What a project's settings say of one wire. */
export const settingsOfWire = ({ wires }: Pick<OfWires, 'wires'>, { name }: Wire): JsonObject =>
  (wires[name] ?? {}) as JsonObject;

/** Has a project a key of this wire's own? */
export const hasOwnKey = ({ keys }: Pick<OfWires, 'keys'>, { name }: Wire): boolean => keys?.[name] !== undefined;

/** What a wire looks a key up by. */
export const plainOf = (wire: Wire | undefined, key: string): string => wire?.keys?.plain?.(key) ?? key;

/** What the wires a project speaks make of its preset. */
export const madeOf =
  (wires: readonly Wire[], project: OfWires) =>
  (preset: Policy): Policy =>
    wires.reduce(
      (made, wire) => wire.policy?.(made, settingsOfWire(project, wire), hasOwnKey(project, wire)) ?? made,
      preset,
    );

import type { WireAnswer } from '../api/shapes.ts';

/** The wires of the server, in its order: nothing is shown before it has said them. */
let known: readonly WireAnswer[] = [];

/** Takes the wires that the server named. */
export function learnWires(wires: readonly WireAnswer[]): void {
  known = wires;
}

/** The name of a wire as its vendor writes it. */
export const wireName = (wire: string): string => known.find(({ name }) => name === wire)?.label ?? wire;

/** Every wire with its name, to choose from. */
export const wireNames = (): readonly (readonly [wire: string, name: string])[] =>
  known.map(({ name, label }) => [name, label]);

/** Every preset with its name, in the order of the wires they reproduce. */
export const presetNames = (): readonly (readonly [preset: string, name: string])[] =>
  known.flatMap(({ presets }) => presets.map(({ name, label }) => [name, label] as const));

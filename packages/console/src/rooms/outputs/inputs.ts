import { wireName, wireNames } from '../../parts/wires.ts';

/** What a connection may take, in the words of a list. */
export const inputChoices = (): readonly (readonly [value: string, text: string])[] => [
  ['all', 'Everything'],
  ...wireNames().flatMap(([wire, name]): [string, string][] => [
    [wire, name],
    [`${wire}:public`, `${name}: pages and apps`],
    [`${wire}:server`, `${name}: backends and feeds`],
  ]),
];

/** An input as people call it. */
export function inputName(input: string): string {
  const found = inputChoices().find(([value]) => value === input);
  return found === undefined ? wireName(input) : found[1];
}

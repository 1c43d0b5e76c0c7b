import type { Json } from '@selfsame/identity';
import { idOf } from '../json/values.ts';

/**
 * What a member says that is yes or no. The SDKs for Apple's systems send an opt-out as a word, and on older devices every
 * other one as a number.
 */
export const yesOrNo = (sent: Json | undefined): boolean | undefined =>
  typeof sent === 'boolean' ? sent : words.get(idOf(sent)?.toLowerCase() ?? '');

const words: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

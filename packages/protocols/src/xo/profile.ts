import type { TraitChange } from '@selfsame/identity';
import type { User } from './wire.ts';

/** The newest activity's segments and traits take the place of the stored ones; what it does not carry stays. */
export function changesOf({ segments, traits }: User): readonly TraitChange[] {
  return [
    ...(traits === undefined
      ? []
      : [
          { op: 'clear', of: 'wire' } as const,
          ...Object.entries(traits).map(([name, value]) => ({ op: 'set', name, value }) as const),
        ]),
    ...(segments === undefined ? [] : [{ op: 'set', name: 'segments', value: [...segments], on: 'segments' } as const]),
  ];
}

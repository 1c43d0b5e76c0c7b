import { expect, it } from 'vitest';
import { Notes } from '../src/evidence/notes.ts';

it('what is noted at a list stays with it, and no copy of it has it', () => {
  const notes = new Notes<readonly number[], string>();
  const others = new Notes<readonly number[], string>();
  const list = [1, 2, 3];
  notes.set(list, 'once');
  notes.set(list, 'again');
  expect([notes.get(list), others.get(list)]).toEqual(['again', undefined]);
  for (const copy of [list.slice(), [...list], list.toSpliced(3, 0), structuredClone(list)])
    expect(notes.get(copy)).toBeUndefined();
  expect(JSON.stringify(list)).toBe('[1,2,3]');
  expect(Object.keys(list)).toEqual(['0', '1', '2']);
  expect(list).toStrictEqual([1, 2, 3]);
});

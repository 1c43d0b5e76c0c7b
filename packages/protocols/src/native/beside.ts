import type { Access, Host, Made, Told } from '../protocol.ts';

/** What the items of a batch make, with what they mean to the wires that a project speaks beside ours, one after the other. */
export function asToldBeside(told: readonly Told[], access: Access, host: Host): readonly Made[] {
  let made: readonly Made[] = told.map(({ item }) => ({ before: [], item, after: [] }));
  for (const beside of access.beside ?? []) {
    const items = told.map(({ sent }, i) => ({ sent, item: (made[i] as Made).item }));
    const more = beside(items, access, host);
    made = made.map(({ before, after }, i) => {
      const one = more[i] as Made;
      return { before: [...before, ...one.before], item: one.item, after: [...one.after, ...after] };
    });
  }
  return made;
}

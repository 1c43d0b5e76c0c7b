import type { CsvMapping } from '../csv-mapping.ts';
import type { Format, Made } from '../format-shape.ts';
import { type Fields, keptInsertId, madeInsertId, Unreadable } from '../outgoing.ts';

/** Rows of a CSV file with a header, read by a mapping. */
export const csv = {
  name: 'csv',
  recognises: () => false,
  read(row, { number, mapping }) {
    if (mapping === undefined) throw new Unreadable('needs --mapping');
    const ids = Object.fromEntries(Object.entries(mapping.ids).map(([kind, name]) => [kind, cell(row, name)] as const));
    const when = mapping.time === undefined ? undefined : cell(row, mapping.time);
    const common = { ids, ...(when === undefined || when === null ? {} : { time: when }) };
    const insertId =
      (mapping.insertId === undefined ? undefined : keptInsertId(cell(row, mapping.insertId))) ??
      madeInsertId(row, number);
    const made: Made[] = [];
    if (mapping.event !== undefined) {
      const name = typeof mapping.event === 'string' ? cell(row, mapping.event) : mapping.event.value;
      const properties = propertiesOf(row, mapping);
      made.push({ route: 'batch', body: { type: 'track', ...common, name, properties, insertId } });
    }
    const traits = Object.entries(mapping.traits ?? {})
      .map(([trait, name]) => [trait, cell(row, name)] as const)
      .filter(([, value]) => value !== null);
    if (traits.length > 0)
      made.push({
        route: 'batch',
        body: {
          type: 'traits',
          ...common,
          traits: Object.fromEntries(traits),
          insertId: mapping.event === undefined ? insertId : madeInsertId(insertId, 0, 'traits'),
        },
      });
    if (made.length === 0) throw new Unreadable('says nothing: the mapping has neither event nor traits for it');
    return made;
  },
} as const satisfies Format;

/** A cell; null when it is empty. @throws Unreadable when there is no such column. */
function cell(row: Fields, name: string): string | null {
  const text = row[name];
  if (text === undefined) throw new Unreadable(`has no column "${name}"; the mapping names it`);
  return text === '' ? null : String(text);
}

function propertiesOf(row: Fields, mapping: CsvMapping): Fields {
  const named = new Set<unknown>([mapping.event, mapping.time, mapping.insertId]);
  for (const name of [...Object.values(mapping.ids), ...Object.values(mapping.traits ?? {})]) named.add(name);
  const names = mapping.properties ?? Object.keys(row).filter((name) => !named.has(name));
  return Object.fromEntries(
    names.map((name) => [name, cell(row, name)] as const).filter(([, value]) => value !== null),
  );
}

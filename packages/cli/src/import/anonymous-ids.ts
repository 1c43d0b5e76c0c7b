import { type ItemFile, openItems } from '../read-items.ts';
import type { CsvMapping } from './csv-mapping.ts';
import type { Format } from './format-shape.ts';
import { isFields } from './outgoing.ts';
import { unwrapped } from './refused-file.ts';

/**
 * The ids that a file itself says were made by a device: where people and devices have ids of one kind, an event does not
 * tell whose its own is, and the login that does comes later. Reads the file once where the format needs it. @throws
 * Failure
 */
export async function anonymousIds(
  format: Format,
  file: string,
  mapping?: CsvMapping,
): Promise<ReadonlySet<string> | undefined> {
  if (format.saysWhoseIds === undefined) return undefined;
  const anonymous = new Set<string>();
  const named = new Set<string>();
  const items: ItemFile = await openItems(file, mapping);
  for await (const item of items) {
    if ('problem' in item) continue;
    const { value } = unwrapped(item.value, item.number);
    for (const said of isFields(value) ? format.saysWhoseIds(value) : [])
      (said.isAnonymous ? anonymous : named).add(said.id);
  }
  for (const id of named) anonymous.delete(id);
  return anonymous;
}

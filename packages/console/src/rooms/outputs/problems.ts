import type { Asked } from './kinds.ts';

const fields: ReadonlyMap<string, string> = new Map([
  ['id', 'Name'],
  ['to', 'New name'],
  ['property', 'Property'],
  ['value', 'Value'],
  ['percent', 'Percent'],
  ['when.event', 'Event'],
  ['when.wire', 'Wire'],
  ['when.properties', 'Condition'],
]);

/** What the API found wrong, with its fields as the form calls them: `rules.0.to: is empty` is “Rule 1, New name: is empty”. */
export function inWords(message: string, asks: readonly Asked[] = []): string {
  const labels = new Map([...fields, ...asks.map(({ name, label }) => [name, label] as const)]);
  return message
    .split('; ')
    .map((one) =>
      one.replace(/^(?:rules\.(\d+)\.?)?([\w.]*): /, (whole, rule: string | undefined, field: string) => {
        const label = labels.get(field) ?? labels.get(field.split('.').slice(0, 2).join('.')) ?? field;
        if (rule === undefined) return labels.has(field) ? `${label}: ` : whole;
        return `Rule ${Number(rule) + 1}${label === '' ? '' : `, ${label}`}: `;
      }),
    )
    .join('; ');
}

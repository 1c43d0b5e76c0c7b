import { Filter, Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useAnswer } from '../api/answers.ts';
import type { Condition, EventFilter, NamesAnswer } from '../api/shapes.ts';
import { count } from '../parts/format.ts';

/** Names for a picker: the events of the project, or the properties of one event. */
export function useNames(of: 'names' | 'properties', event?: string): readonly (readonly [string, string])[] {
  const { data } = useAnswer<NamesAnswer>(`/v1/events/${of}`, { event });
  return (data?.names ?? []).map(({ name, count: times }) => [
    name,
    times === undefined ? name : `${name} (${count(times)})`,
  ]);
}

/** A list of events, each with conditions. `ordered` numbers them as steps. */
export function EventList({
  filters,
  onChange,
  ordered = false,
  most = 10,
  least = 1,
}: {
  filters: readonly EventFilter[];
  onChange: (filters: readonly EventFilter[]) => void;
  ordered?: boolean;
  most?: number;
  least?: number;
}) {
  const names = useNames('names');
  const replace = (index: number, filter: EventFilter) =>
    onChange(filters.map((one, place) => (place === index ? filter : one)));
  const List = ordered ? 'ol' : 'ul';
  return (
    <div className="events">
      <List className="event-list">
        {filters.map((filter, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
          <li key={index} className="event-row">
            <EventPicker
              filter={filter}
              names={names}
              label={ordered ? `Step ${index + 1}` : `Event ${index + 1}`}
              onChange={(next) => replace(index, next)}
            />
            {filters.length > least && (
              <button
                type="button"
                className="icon-button"
                aria-label={`Remove ${filter.event}`}
                title="Remove"
                onClick={() => onChange(filters.filter((_, place) => place !== index))}
              >
                <X size={15} />
              </button>
            )}
          </li>
        ))}
      </List>
      {filters.length < most && (
        <button
          type="button"
          className="button button-quiet"
          onClick={() => onChange([...filters, { event: nextName(names, filters) }])}
          disabled={names.length === 0}
        >
          <Plus size={15} /> {ordered ? 'Add a step' : 'Add an event'}
        </button>
      )}
    </div>
  );
}

const nextName = (names: readonly (readonly [string, string])[], filters: readonly EventFilter[]): string =>
  (names.find(([name]) => !filters.some((filter) => filter.event === name)) ?? names[0])?.[0] ?? '';

/** One event and its conditions. */
export function EventPicker({
  filter,
  names,
  label,
  onChange,
}: {
  filter: EventFilter;
  names: readonly (readonly [string, string])[];
  label: string;
  onChange: (filter: EventFilter) => void;
}) {
  const where = filter.where ?? [];
  const setWhere = (next: readonly Condition[]) =>
    onChange(next.length === 0 ? { event: filter.event } : { event: filter.event, where: next });
  const options = names.some(([name]) => name === filter.event) ? names : [[filter.event, filter.event], ...names];
  return (
    <div className="event">
      <div className="event-name">
        <select aria-label={label} value={filter.event} onChange={(event) => onChange({ event: event.target.value })}>
          {options.map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </select>
        <button
          type="button"
          className="icon-button"
          aria-label={`Add a condition to ${label.toLowerCase()}`}
          title="Only where …"
          onClick={() => setWhere([...where, { property: '', op: 'set' }])}
        >
          <Filter size={15} />
        </button>
      </div>
      {where.map((condition, index) => (
        <ConditionRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition is its place
          key={index}
          condition={condition}
          event={filter.event}
          onChange={(next) => setWhere(where.map((one, place) => (place === index ? next : one)))}
          onRemove={() => setWhere(where.filter((_, place) => place !== index))}
        />
      ))}
    </div>
  );
}

const ops: readonly (readonly [Condition['op'], string])[] = [
  ['set', 'is set'],
  ['not-set', 'is not set'],
  ['eq', 'is'],
  ['ne', 'is not'],
  ['contains', 'contains'],
  ['gt', '>'],
  ['gte', '≥'],
  ['lt', '<'],
  ['lte', '≤'],
];

function ConditionRow({
  condition,
  event,
  onChange,
  onRemove,
}: {
  condition: Condition;
  event: string;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}) {
  const properties = useNames('properties', event);
  const { property, op, value } = condition;
  const needsValue = op !== 'set' && op !== 'not-set';
  const options = properties.some(([name]) => name === property)
    ? properties
    : [[property, property || 'property …'], ...properties];
  return (
    <div className="condition">
      <select
        aria-label="Property"
        value={property}
        onChange={(change) => onChange({ ...condition, property: change.target.value })}
      >
        {options.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
      <select
        aria-label="Comparison"
        value={op}
        onChange={(change) => onChange({ property, op: change.target.value as Condition['op'], value: value ?? '' })}
      >
        {ops.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
      {needsValue && <ValueInput value={value ?? ''} onCommit={(next) => onChange({ property, op, value: next })} />}
      <button type="button" className="icon-button" aria-label="Remove the condition" title="Remove" onClick={onRemove}>
        <X size={15} />
      </button>
    </div>
  );
}

/** Asks on Enter or when the reader leaves the field, not at every letter. */
function ValueInput({ value, onCommit }: { value: string | number | boolean; onCommit: (text: string) => void }) {
  const [text, setText] = useState(String(value));
  const commit = () => text !== String(value) && onCommit(text);
  return (
    <input
      aria-label="Value"
      value={text}
      placeholder="value"
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  );
}

/** Conditions that name a property; half-made ones are not asked yet. */
export const complete = (filters: readonly EventFilter[]): readonly EventFilter[] =>
  filters
    .filter((filter) => filter.event !== '')
    .map(({ event, where = [] }) => {
      const whole = where
        .filter(({ property }) => property !== '')
        .map(({ property, op, value }) =>
          op === 'set' || op === 'not-set' ? { property, op } : { property, op, value: value ?? '' },
        );
      return whole.length === 0 ? { event } : { event, where: whole };
    });

import { Filter, Plus, X } from 'lucide-react';
import type { EventFilter } from '../api/shapes.ts';
import { Conditions } from './conditions.tsx';
import { type Names, useNames } from './names.ts';
import { useStableKeys } from './stable-keys.ts';

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
  const names = useNames('names').data ?? [];
  const { keys, removed } = useStableKeys(filters.length);
  const replace = (index: number, filter: EventFilter) =>
    onChange(filters.map((one, place) => (place === index ? filter : one)));
  const List = ordered ? 'ol' : 'ul';
  return (
    <div className="events">
      <List className="event-list">
        {filters.map((filter, index) => (
          <li key={keys[index]} className="event-row">
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
                aria-label={`Remove ${ordered ? 'step' : 'event'} ${index + 1}, ${filter.event}`}
                title="Remove"
                onClick={() => {
                  removed(index);
                  onChange(filters.filter((_, place) => place !== index));
                }}
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
          <Plus size={15} aria-hidden /> {ordered ? 'Add a step' : 'Add an event'}
        </button>
      )}
    </div>
  );
}

const nextName = (names: Names, filters: readonly EventFilter[]): string =>
  (names.find(([name]) => !filters.some((filter) => filter.event === name)) ?? names[0])?.[0] ?? '';

/** One event and its conditions. */
export function EventPicker({
  filter,
  names,
  label,
  onChange,
}: {
  filter: EventFilter;
  names: Names;
  label: string;
  onChange: (filter: EventFilter) => void;
}) {
  const where = filter.where ?? [];
  const properties = useNames('properties', filter.event).data ?? [];
  const setWhere = (next: EventFilter['where'] & object) =>
    onChange(next.length === 0 ? { event: filter.event } : { event: filter.event, where: next });
  const options = names.some(([name]) => name === filter.event)
    ? names
    : [[filter.event, filter.event] as const, ...names];
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
      <Conditions where={where} names={properties} what="Property" onChange={setWhere} />
    </div>
  );
}

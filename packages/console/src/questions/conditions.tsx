import { X } from 'lucide-react';
import { useState } from 'react';
import type { Condition } from '../api/shapes.ts';
import type { Names } from './names.ts';
import { useStableKeys } from './stable-keys.ts';
import '../styles/rooms/questions.css';

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

/** Conditions, all of which must hold; `what` says on what: a property, a trait. */
export function Conditions({
  where,
  names,
  what,
  onChange,
}: {
  where: readonly Condition[];
  names: Names;
  what: string;
  onChange: (where: readonly Condition[]) => void;
}) {
  const { keys, removed } = useStableKeys(where.length);
  return where.map((condition, place) => (
    <ConditionRow
      key={keys[place]}
      condition={condition}
      names={names}
      what={what}
      onChange={(next) => onChange(where.map((one, at) => (at === place ? next : one)))}
      onRemove={() => {
        removed(place);
        onChange(where.filter((_, at) => at !== place));
      }}
    />
  ));
}

function ConditionRow({
  condition,
  names,
  what,
  onChange,
  onRemove,
}: {
  condition: Condition;
  names: Names;
  what: string;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}) {
  const { property, op, value } = condition;
  const needsValue = op !== 'set' && op !== 'not-set';
  const options = names.some(([name]) => name === property)
    ? names
    : [[property, property || `${what.toLowerCase()} …`] as const, ...names];
  return (
    <div className="condition">
      <select
        aria-label={what}
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
      {needsValue && (
        <ValueInput value={String(value ?? '')} onCommit={(next) => onChange({ property, op, value: next })} />
      )}
      <button type="button" className="icon-button" aria-label="Remove the condition" title="Remove" onClick={onRemove}>
        <X size={15} />
      </button>
    </div>
  );
}

/** Asks on Enter or when the reader leaves the field, not at every letter. A value from elsewhere replaces what stands here. */
function ValueInput({ value, onCommit }: { value: string; onCommit: (text: string) => void }) {
  const [text, setText] = useState(value);
  const [shown, setShown] = useState(value);
  if (value !== shown) {
    setShown(value);
    setText(value);
  }
  const commit = () => text !== value && onCommit(text);
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

import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useId } from 'react';
import { flushSync } from 'react-dom';
import { wireNames } from '../../parts/wires.ts';
import { Choice, Field } from '../../questions/controls.tsx';
import { useNames } from '../../questions/names.ts';
import { useStableKeys } from '../../questions/stable-keys.ts';
import { type ConditionDraft, newRule, type RuleDraft, type ValueKind } from './rule-drafts.ts';

/** What a rule does, and what that means. */
const deeds = [
  ['drop', 'Drop', 'The message goes no further.'],
  ['keep', 'Keep', 'The message goes on as it is now; the rules below do not look at it.'],
  ['rename', 'Rename', 'The event goes on under another name.'],
  ['set', 'Set a property', 'The event goes on with this value, over one that it had.'],
  ['remove', 'Remove a property', 'The event goes on without it.'],
  ['sample', 'Sample people', 'So many of a hundred people go on, with all that is theirs; always the same ones.'],
] as const satisfies readonly (readonly [RuleDraft['does'], string, string])[];

const kindsOfValue: readonly (readonly [ValueKind, string])[] = [
  ['text', 'the text'],
  ['number', 'the number'],
  ['yes', 'true'],
  ['no', 'false'],
];

/** The rules of a connection, one after another. */
export function Rules({
  rules,
  onChange,
}: {
  rules: readonly RuleDraft[];
  onChange: (rules: readonly RuleDraft[]) => void;
}) {
  const events = useId();
  const names = useNames('names').data ?? [];
  const swap = (place: number, other: number) => {
    const [one, two] = [rules[place], rules[other]];
    if (one === undefined || two === undefined) return;
    onChange(rules.map((rule, at) => (at === place ? two : at === other ? one : rule)));
  };
  return (
    <section className="rules" aria-label="Rules">
      <h3>Rules</h3>
      <p className="muted">
        {rules.length === 0
          ? 'None: everything that passed so far goes on as it is.'
          : 'Each message passes them from the first to the last.'}
      </p>
      <datalist id={events}>
        {names.map(([name]) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {rules.map((rule, place) => (
        <RuleFields
          key={rule.key}
          place={place}
          rule={rule}
          events={events}
          onChange={(next) => onChange(rules.map((one, at) => (at === place ? next : one)))}
          onMove={rules.length > 1 ? (by) => swap(place, place + by) : undefined}
          onRemove={() => onChange(rules.filter((_, at) => at !== place))}
        />
      ))}
      <button type="button" className="button" onClick={() => onChange([...rules, newRule()])}>
        Add a rule
      </button>
    </section>
  );
}

function RuleFields({
  place,
  rule,
  events,
  onChange,
  onMove,
  onRemove,
}: {
  place: number;
  rule: RuleDraft;
  /** The list of events' names. */
  events: string;
  onChange: (rule: RuleDraft) => void;
  onMove: ((by: 1 | -1) => void) | undefined;
  onRemove: () => void;
}) {
  const set = (change: Partial<RuleDraft>) => onChange({ ...rule, ...change });
  const text = (label: string, field: 'to' | 'property') => (
    <Field label={label}>
      {(id) => (
        <input id={id} required value={rule[field]} onChange={(event) => set({ [field]: event.target.value })} />
      )}
    </Field>
  );
  return (
    <fieldset className="rule-fields">
      <legend>Rule {place + 1}</legend>
      <div className="toolbar">
        <Choice
          label="What it does"
          value={rule.does}
          options={deeds.map(([does, words]) => [does, words] as const)}
          onChange={(does) => set({ does })}
        />
        {rule.does === 'rename' && text('New name', 'to')}
        {(rule.does === 'set' || rule.does === 'remove') && text('Property', 'property')}
        {rule.does === 'set' && (
          <Value what={rule} kinds={[...kindsOfValue, ['null', 'nothing (null)']]} onChange={set} />
        )}
        {rule.does === 'sample' && (
          <Field label="Percent">
            {(id) => (
              <input
                id={id}
                type="number"
                min={0}
                max={100}
                step="any"
                required
                value={rule.percent}
                onChange={(event) => set({ percent: event.target.value })}
              />
            )}
          </Field>
        )}
      </div>
      <p className="muted">{deeds.find(([does]) => does === rule.does)?.[2]}</p>
      <div className="toolbar">
        <Field label="Of the event">
          {(id) => (
            <input
              id={id}
              list={events}
              placeholder={
                rule.does === 'sample' || rule.does === 'drop' || rule.does === 'keep' ? 'everything' : 'every event'
              }
              value={rule.event}
              onChange={(event) => set({ event: event.target.value })}
            />
          )}
        </Field>
        <Choice
          label="That came by"
          value={rule.wire}
          options={[['', 'any wire'], ...wireNames()]}
          onChange={(wire) => set({ wire })}
        />
      </div>
      <Where where={rule.where} onChange={(where) => set({ where })} />
      <div className="button-row">
        <button
          type="button"
          className="button button-quiet"
          onClick={() => set({ where: [...rule.where, { property: '', value: '', as: 'text' }] })}
        >
          Only where a property is …
        </button>
        {onMove !== undefined && (
          <>
            <MoveButton by={-1} place={place} onMove={onMove} />
            <MoveButton by={1} place={place} onMove={onMove} />
          </>
        )}
        <button type="button" className="button button-quiet" onClick={onRemove}>
          Remove rule {place + 1}
        </button>
      </div>
    </fieldset>
  );
}

/** Keeps its focus although its rule stands elsewhere then. */
function MoveButton({ by, place, onMove }: { by: 1 | -1; place: number; onMove: (by: 1 | -1) => void }) {
  const words = `Move rule ${place + 1} ${by < 0 ? 'up' : 'down'}`;
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={words}
      title={words}
      onClick={({ currentTarget }) => {
        flushSync(() => onMove(by));
        currentTarget.focus();
      }}
    >
      {by < 0 ? <ArrowUp size={15} /> : <ArrowDown size={15} />}
    </button>
  );
}

/** Properties that must have a value, all of them. */
function Where({
  where,
  onChange,
}: {
  where: readonly ConditionDraft[];
  onChange: (where: readonly ConditionDraft[]) => void;
}) {
  const { keys, removed } = useStableKeys(where.length);
  return where.map((one, place) => {
    const set = (change: Partial<ConditionDraft>) =>
      onChange(where.map((other, at) => (at === place ? { ...one, ...change } : other)));
    return (
      <div key={keys[place]} className="toolbar">
        <Field label="Where the property">
          {(id) => (
            <input id={id} required value={one.property} onChange={(event) => set({ property: event.target.value })} />
          )}
        </Field>
        <Value what={one} kinds={kindsOfValue} onChange={set} />
        <button
          type="button"
          className="icon-button"
          aria-label="Remove the condition"
          title="Remove"
          onClick={() => {
            removed(place);
            onChange(where.filter((_, at) => at !== place));
          }}
        >
          <X size={15} />
        </button>
      </div>
    );
  });
}

function Value({
  what: { value, as },
  kinds,
  onChange,
}: {
  what: Pick<ConditionDraft, 'value' | 'as'>;
  kinds: readonly (readonly [ValueKind, string])[];
  onChange: (change: Partial<Pick<ConditionDraft, 'value' | 'as'>>) => void;
}) {
  return (
    <>
      <Choice label="is" value={as} options={kinds} onChange={(next) => onChange({ as: next })} />
      {(as === 'text' || as === 'number') && (
        <Field label="Value">
          {(id) => (
            <input
              id={id}
              {...(as === 'number' ? { type: 'number', step: 'any', required: true } : {})}
              value={value}
              onChange={(event) => onChange({ value: event.target.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}

import { X } from 'lucide-react';
import { useState } from 'react';
import type { Condition } from '../src/api/shapes.ts';
import { SearchInput } from '../src/parts/search-input.tsx';
import { Conditions } from '../src/questions/conditions.tsx';
import { Choice, Field } from '../src/questions/controls.tsx';
import { hostile, long } from './hostile.ts';

const names = hostile.map((name) => [name, name] as const);

export function Controls() {
  const [text, setText] = useState(hostile[0]!);
  const [choice, setChoice] = useState(hostile[1]!);
  const [where, setWhere] = useState<readonly Condition[]>([
    { property: hostile[0]!, op: 'eq', value: hostile[1]! },
    { property: 'not in the list', op: 'set' },
  ]);
  return (
    <section className="card">
      <h2>Controls</h2>
      <p className="button-row">
        <button type="button" className="button button-main">
          Main
        </button>
        <button type="button" className="button">
          Plain
        </button>
        <button type="button" className="button" disabled>
          Cannot now
        </button>
        <button type="button" className="button button-quiet">
          Quiet
        </button>
        <button type="button" className="icon-button" aria-label="Close">
          <X size={15} />
        </button>
      </p>
      <div className="toolbar">
        <Choice label="Choice" value={choice} options={names} onChange={setChoice} />
        <Choice label={long} value="one" options={[['one', 'One']]} onChange={() => {}} />
        <Field label="Search">{(id) => <SearchInput id={id} value={text} onCommit={setText} />}</Field>
      </div>
      <Conditions where={where} names={names} what="Property" onChange={setWhere} />
      <details className="popover">
        <summary className="button">Opens</summary>
        <fieldset className="popover-body">
          <legend className="visually-hidden">Columns</legend>
          {hostile.map((name) => (
            <label key={name} className="check">
              <input type="checkbox" defaultChecked /> <span>{name}</span>
            </label>
          ))}
        </fieldset>
      </details>
    </section>
  );
}

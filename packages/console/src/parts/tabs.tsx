import type { ReactNode } from 'react';

/** One of a few, as tabs: a group of radio buttons, so the arrow keys go from one to the next. */
export function Tabs<Name extends string>({
  name,
  label,
  chosen,
  options,
  onChoose,
}: {
  /** Of the group in its form. */
  name: string;
  /** What is chosen, for those who do not see it. */
  label: string;
  chosen: Name;
  options: readonly (readonly [name: Name, shown: ReactNode])[];
  onChoose: (name: Name) => void;
}) {
  return (
    <fieldset className="tabs">
      <legend className="visually-hidden">{label}</legend>
      {options.map(([option, shown]) => (
        <label key={option} className={option === chosen ? 'tab tab-chosen' : 'tab'}>
          <input
            type="radio"
            name={name}
            className="visually-hidden"
            checked={option === chosen}
            onChange={() => onChoose(option)}
          />
          {shown}
        </label>
      ))}
    </fieldset>
  );
}

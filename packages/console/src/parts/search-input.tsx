import { type InputHTMLAttributes, type Ref, useEffect, useRef, useState } from 'react';

type Props = Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange' | 'type'> & {
  readonly value: string;
  /** Told a moment after the last letter. */
  readonly onCommit: (text: string) => void;
  /** That moment, ms. */
  readonly wait?: number;
  readonly ref?: Ref<HTMLInputElement>;
};

/**
 * A search field. The page may be drawn again as often as it likes meanwhile; a value that comes from elsewhere (Back, a
 * filter taken out) is shown and not written over.
 */
export function SearchInput({ value, onCommit, wait = 200, ...rest }: Props) {
  const [text, setText] = useState(value);
  const [shown, setShown] = useState(value);
  const [sent, setSent] = useState(value);
  const later = useRef<ReturnType<typeof setTimeout>>(undefined);
  const commit = useRef(onCommit);
  useEffect(() => {
    commit.current = onCommit;
  });
  const foreign = value !== sent;
  if (value !== shown) {
    setShown(value);
    if (foreign) {
      setText(value);
      setSent(value);
    }
  }
  // What came from elsewhere is newer than what was being typed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a foreign value, and only that, ends the waiting
  useEffect(() => () => clearTimeout(later.current), [foreign && value]);
  const type = (next: string) => {
    setText(next);
    clearTimeout(later.current);
    later.current = setTimeout(() => {
      setSent(next);
      commit.current(next);
    }, wait);
  };
  return <input {...rest} type="search" value={text} onChange={(event) => type(event.target.value)} />;
}

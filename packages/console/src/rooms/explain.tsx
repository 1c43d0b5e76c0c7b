import { ArrowLeftRight } from 'lucide-react';
import { type FormEvent, useId } from 'react';
import { useSearchParams } from 'wouter';
import { AsOf, useEndOf } from '../parts/as-of.tsx';
import { Empty } from '../parts/states.tsx';
import { useTitle } from '../shell/title.ts';
import { Why } from './why.tsx';
import '../styles/rooms/explain.css';

/** Asks why two identifiers are, or are not, one person. Both stand in the address. */
export default function Explain() {
  useTitle('Explain');
  const [query, setQuery] = useSearchParams();
  const a = query.get('a') ?? '';
  const b = query.get('b') ?? '';
  const day = query.get('asOf') ?? '';
  const asOf = useEndOf(day);
  const then = (text: string) => (text === '' ? {} : { asOf: text });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    setQuery({ a: text('a'), b: text('b'), ...then(day) });
  };
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>Explain</h1>
          <p className="muted">Why are these two one person, or why not?</p>
        </div>
      </header>
      <form key={`${a}\n${b}`} className="card explain-form" onSubmit={submit}>
        <Identifier name="a" label="One identifier" value={a} />
        <button
          type="button"
          className="icon-button"
          aria-label="Swap the two"
          title="Swap"
          onClick={() => setQuery({ a: b, b: a, ...then(day) })}
        >
          <ArrowLeftRight size={16} />
        </button>
        <Identifier name="b" label="The other" value={b} />
        <button type="submit" className="button button-main">
          Explain
        </button>
      </form>
      {a !== '' && b !== '' ? (
        <section className="card">
          <AsOf value={day} onChange={(text) => setQuery({ a, b, ...then(text) })} />
          <Why a={a} b={b} {...(asOf === undefined ? {} : { asOf })} />
        </section>
      ) : (
        <Empty title="Two identifiers, one answer">
          Write each as <code>kind:value</code>, for example <code>email:ann@example.com</code> and{' '}
          <code>device:5f1c…</code>. The person page lists them.
        </Empty>
      )}
    </div>
  );
}

function Identifier({ name, label, value }: { name: string; label: string; value: string }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name={name}
        defaultValue={value}
        required
        pattern="[^:]+:.+"
        title="kind:value, such as user:42"
        placeholder={name === 'a' ? 'user:42' : 'device:5f1c…'}
        spellCheck={false}
        autoComplete="off"
      />
    </div>
  );
}

import { type FormEvent, useId } from 'react';
import { useSearchParams } from 'wouter';
import '../styles/rooms/identifier-form.css';

/** Asks for an identifier as `kind:value`, and puts it into the address as `of`. */
export function IdentifierForm({ label, of, example }: { label: string; of: string; example: string }) {
  const field = useId();
  const [, setQuery] = useSearchParams();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setQuery({ of: String(new FormData(event.currentTarget).get('of')).trim() });
  };
  return (
    <form key={of} className="card identifier-form" onSubmit={submit}>
      <div className="field">
        <label htmlFor={field}>{label}</label>
        <input
          id={field}
          name="of"
          defaultValue={of}
          required
          pattern="[^:]+:.+"
          title={`kind:value, such as ${example}`}
          placeholder={example}
          spellCheck={false}
          autoComplete="off"
        />
      </div>
      <button type="submit" className="button button-main">
        Show
      </button>
    </form>
  );
}

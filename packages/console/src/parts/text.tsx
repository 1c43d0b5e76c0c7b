import { Copy, CopyCheck } from 'lucide-react';
import { useState } from 'react';
import { useTimes } from '../time/use-times.ts';
import { safeUrl } from './safe-url.ts';

/** A moment: `clock` shows the time of day, `moment` day and time, `ago` how long ago. The title has it in full. */
export function Time({ at, as = 'moment' }: { at: string | number; as?: 'clock' | 'moment' | 'ago' }) {
  const times = useTimes();
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span>–</span>;
  const text = as === 'ago' ? times.ago(date.getTime(), Date.now()) : times[as](at);
  return (
    <time dateTime={date.toISOString()} title={`${times.moment(at)} ${times.zone} · ${date.toISOString()}`}>
      {text}
    </time>
  );
}

/** An identifier as kind and value. The value is whatever a stranger sent: shown as text, cut by the page only. */
export function Id({ kind, value }: { kind: string; value: string }) {
  return (
    <span className="id" title={`${kind}:${value}`}>
      <span className="id-kind">{kind}</span>
      <span className="id-value">{value}</span>
    </span>
  );
}

/** The `kind:value` text of the API, as an identifier. */
export function IdOfText({ text }: { text: string }) {
  const colon = text.indexOf(':');
  return <Id kind={text.slice(0, colon)} value={text.slice(colon + 1)} />;
}

/** A value of any JSON shape in a line: a text as it is, anything else as JSON, so that a list of one is not its member. http(s) addresses become links. */
export function Value({ value }: { value: unknown }) {
  if (typeof value === 'string') {
    const url = safeUrl(value);
    return url === undefined ? (
      <span className="value">{value}</span>
    ) : (
      <a className="value" href={url} target="_blank" rel="noopener noreferrer nofollow">
        {value}
      </a>
    );
  }
  const isPlain = typeof value !== 'object' || value === null;
  return <span className={isPlain ? 'value' : 'value value-json'}>{JSON.stringify(value)}</span>;
}

/** JSON in full, with a button that copies it. */
export function Json({ value }: { value: unknown }) {
  const text = JSON.stringify(value, null, 2);
  return <Code text={text} label="Copy the JSON" />;
}

/** Text to copy into a program. */
export function Code({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => {
        setCopied(true);
        setTimeout(() => setCopied(false), 1_500);
      },
      () => setCopied(false),
    );
  return (
    <div className="code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
      <button type="button" className="icon-button" onClick={copy} aria-label={copied ? 'Copied' : label} title={label}>
        {copied ? <CopyCheck size={15} /> : <Copy size={15} />}
      </button>
    </div>
  );
}

import { X } from 'lucide-react';
import { Link } from 'wouter';
import type { OutgoingItem } from '../api/shapes.ts';
import { WireTag } from '../parts/tags.tsx';
import { Id, Json, Time } from '../parts/text.tsx';

/** What became of a message, with the colour of a verdict. */
const colours = {
  sent: 'applied',
  kept: 'suppressed',
  retry: 'quarantined',
  dead: 'rejected',
  halted: 'rejected',
} as const satisfies Record<OutgoingItem['outcome'], string>;

function Outcome({ outcome }: Pick<OutgoingItem, 'outcome'>) {
  return <span className={`status status-${colours[outcome]}`}>{outcome}</span>;
}

/** A message on its way out, as a line of the stream. */
export function OutgoingLine({ item }: { item: OutgoingItem }) {
  return (
    <>
      <span className="item-time">
        <Time at={item.at} as="clock" />
      </span>
      <Outcome outcome={item.outcome} />
      <span className="item-name">
        {item.name ?? item.type} <span className="muted">→ {item.output}</span>
      </span>
      <span className="item-ids">
        {item.ids.slice(0, 2).map(({ kind, value }) => (
          <Id key={`${kind}:${value}`} kind={kind} value={value} />
        ))}
      </span>
      <span className="item-why">{whyOf(item)}</span>
      <WireTag wire={item.wire} />
    </>
  );
}

const whyOf = ({ step, reason }: OutgoingItem): string | undefined =>
  reason === null ? undefined : step === null ? reason : `${step}: ${reason}`;

/** A message on its way out, in full. */
export function OutgoingDetails({ item, onClose }: { item: OutgoingItem; onClose: () => void }) {
  return (
    <aside className="drawer" aria-label="Details of the message">
      <header>
        <h2>{item.name ?? item.type}</h2>
        <button type="button" className="icon-button" aria-label="Close the details" onClick={onClose}>
          <X size={17} />
        </button>
      </header>
      <p className="drawer-line">
        <Outcome outcome={item.outcome} /> <WireTag wire={item.wire} /> <span className="tag">{item.type}</span>
        {item.replay && <span className="tag">sent again</span>}
      </p>
      {item.reason !== null && <p>{whyOf(item)}</p>}
      <dl className="facts">
        <dt>Output</dt>
        <dd>
          <Link href="/outputs">{item.output}</Link>
        </dd>
        <dt>Connection</dt>
        <dd>{item.connection ?? 'none: the output takes everything'}</dd>
        <dt>When</dt>
        <dd>
          <Time at={item.at} />
        </dd>
        <dt>In the log</dt>
        <dd className="mono">{item.logPosition}</dd>
        <dt>Message</dt>
        <dd className="mono">{item.messageId ?? 'never sent'}</dd>
        <dt>Person</dt>
        <dd>
          {item.personId === null ? (
            'nobody'
          ) : (
            <Link href={`/people/${encodeURIComponent(item.personId)}`}>
              {item.known ? 'known' : 'anonymous'} · open
            </Link>
          )}
        </dd>
      </dl>
      <h3>Message</h3>
      <Json value={item} />
    </aside>
  );
}

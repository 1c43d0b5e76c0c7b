import type { Delivery, Output, Rendered } from '../output.ts';
import { eventOf } from './event.ts';
import { type MixpanelIdentity, namesOf } from './names.ts';
import { peopleOf } from './people.ts';
import { sendTo } from './send.ts';

export interface MixpanelSettings {
  /** The base: `/track` or `/import`, and `/engage`, follow it. */
  readonly url: string;
  readonly token: string;
  /** `Authorization` for `/import`; without it events go by `/track`. */
  readonly authorization?: string;
  /** For a service account: the project it speaks for. */
  readonly projectId?: string;
  readonly identity: MixpanelIdentity;
  /** How long everything waits for its person, ms; absent: not at all. */
  readonly settleMs?: number;
}

/** Most records of a request, and characters: 10 MB at three bytes each. */
const RECORDS = 2_000;
const CHARACTERS = 3_000_000;

/** A Mixpanel project: events and People updates, one batch after another in the order of the log. */
export function mixpanel(settings: MixpanelSettings): Output {
  return {
    takes: new Set(['event', 'person']),
    order: 'lane',
    batch: { items: RECORDS, bytes: CHARACTERS },
    atOnce: 1,
    ...(settings.settleMs === undefined ? {} : { settles: settings.settleMs }),
    render: (delivery) => render(delivery, settings),
    send: (batch, link) => sendTo(settings, batch, link),
    async probe(link) {
      const event = {
        event: 'Selfsame Test',
        properties: {
          token: settings.token,
          distinct_id: 'selfsame-test',
          time: link.now(),
          $insert_id: `test-${link.now()}`,
        },
      };
      const [sent] = await sendTo(settings, [{ body: JSON.stringify(event), to: 'events' }], link);
      return sent ?? { type: 'retry', why: 'nothing was sent' };
    },
  };
}

function render({ message, id }: Delivery, { token, identity }: MixpanelSettings): Rendered | 'skip' {
  if (message.kind === 'event') {
    const event = eventOf(message, id, token, identity);
    return event === 'skip' ? 'skip' : { to: 'events', body: JSON.stringify(event) };
  }
  if (message.kind !== 'person') return 'skip';
  const updates = peopleOf(message, token, namesOf(identity, message.person), identity);
  return updates.length === 0 ? 'skip' : { to: 'people', body: updates.map((one) => JSON.stringify(one)).join(',') };
}

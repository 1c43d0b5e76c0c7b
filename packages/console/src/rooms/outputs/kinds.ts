/** One thing that a kind of output asks for. */
export interface Asked {
  /** As the API calls it. */
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  readonly required?: boolean;
  /** `text` unless it says otherwise; of a choice the first is taken when nothing is chosen. */
  readonly as?: 'url' | 'check' | 'seconds' | 'count' | readonly (readonly [value: string, text: string])[];
}

/** A kind of output as the form speaks of it. */
export interface Kind {
  readonly type: string;
  readonly text: string;
  readonly help: string;
  /** What is said once its test item was taken. */
  readonly tested: string;
  readonly asks: readonly Asked[];
}

const address = (help?: string): Asked => ({
  name: 'url',
  label: 'Address',
  required: true,
  as: 'url',
  ...(help === undefined ? {} : { help }),
});
const limit: Asked = {
  name: 'perSecond',
  label: 'Messages a second at most',
  as: 'count',
  help: 'Where its receiver takes no more. What is over waits in the log. Empty: as many as it takes.',
};
const arrived = 'The test item has arrived.';

export const kinds: readonly Kind[] = [
  {
    type: 'webhook',
    text: 'Webhook',
    help: 'Signed messages to an address of yours, each person’s in order: events, people who changed, corrections.',
    tested: arrived,
    asks: [
      address(),
      {
        name: 'expand',
        label: 'After a correction, tell every event it concerns again',
        as: 'check',
        help: 'For a receiver that keeps an owner with each event and cannot move a stretch of time.',
      },
      limit,
    ],
  },
  {
    type: 'mixpanel',
    text: 'Mixpanel',
    help: 'Events and people to a Mixpanel project, or to whatever takes its calls.',
    tested: arrived,
    asks: [
      address('https://api.mixpanel.com, or https://api-eu.mixpanel.com where the project is kept in the EU'),
      { name: 'token', label: 'Project token', required: true },
      {
        name: 'apiSecret',
        label: 'API secret',
        help: 'With it events go by /import, which takes old ones and names what it refuses.',
      },
      {
        name: 'identity',
        label: 'Whose events are',
        as: [
          ['anchors', 'Mixpanel decides, from devices and users'],
          ['person', 'Our person decides'],
          ['spid', 'As SPiD forwarded: by visitor'],
        ],
      },
      {
        name: 'settleSeconds',
        label: 'Seconds until an event has settled',
        as: 'seconds',
        help: 'Where our person decides: everything waits so long, so that who logs in meanwhile is known. Mixpanel takes no correction later.',
      },
      limit,
    ],
  },
  {
    type: 'mparticle-webhook',
    text: 'mParticle’s webhook form',
    help: 'What mParticle’s own webhook posts: batches with MPID, identities and attributes.',
    tested: arrived,
    asks: [
      address(),
      { name: 'authorization', label: 'Authorization header', help: 'The whole value, sent as it is.' },
      { name: 'includeDeviceId', label: 'Include the device id (mp_deviceid)', as: 'check' },
      {
        name: 'batchSeconds',
        label: 'Seconds to gather a batch',
        as: 'seconds',
        help: 'Of each device; 600 is mParticle’s. Empty: each event is a call.',
      },
      limit,
    ],
  },
  {
    type: 'segment',
    text: 'Segment form',
    help: 'track and identify, in batches, to any endpoint that takes Segment’s.',
    tested: arrived,
    asks: [address('The base: /v1/batch follows it'), { name: 'writeKey', label: 'Write key', required: true }, limit],
  },
  {
    type: 'files',
    text: 'Files',
    help: 'A directory for your warehouse: every event, whose each identifier is, and what moved. It begins with what is here already; the settings file says where it lies (filesDirectory).',
    tested: 'A file was written there and taken away again.',
    asks: [
      {
        name: 'format',
        label: 'Format',
        as: [
          ['parquet', 'Parquet'],
          ['ndjson', 'JSON, one a line'],
        ],
      },
      {
        name: 'rotateSeconds',
        label: 'Seconds until a file ends',
        as: 'seconds',
        help: '900 unless you say otherwise: so much later at most, what happened is in a file.',
      },
      {
        name: 'expand',
        label: 'A row for every event of a correction',
        as: 'check',
        help: 'For warehouses that join ranges of time slowly: owners are then found by equality alone.',
      },
    ],
  },
];

/** What a form says, as the API wants it; what was left empty is left out. */
export function bodyOf({ type, asks }: Kind, form: FormData): Readonly<Record<string, unknown>> {
  const said = (name: string) => String(form.get(name) ?? '').trim();
  return {
    type,
    id: said('id'),
    ...Object.fromEntries(
      asks.flatMap(({ name, as }): (readonly [string, unknown])[] => {
        if (as === 'check') return form.has(name) ? [[name, true]] : [];
        if (said(name) === '') return [];
        return [[name, as === 'seconds' || as === 'count' ? Number(said(name)) : said(name)]];
      }),
    ),
  };
}

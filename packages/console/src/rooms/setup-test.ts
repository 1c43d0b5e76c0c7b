import type { ProjectView } from '../api/shapes.ts';

/** A wire that a snippet of the Setup page speaks. */
export type SetupWire = keyof typeof tests;

/** What became of a test item, in words for whoever pressed the button. */
export interface Tried {
  readonly ok: boolean;
  readonly says: string;
}

type Keys = Pick<ProjectView, 'publicKey' | 'keys'>;

interface Test {
  readonly path: string;
  readonly init: RequestInit;
  /** Does the answer, of status 200, say that it was taken? */
  readonly isTaken: (answer: string) => boolean;
}

/** Whose item it is on every wire. */
const who = 'setup-test';
const name = 'Setup test';
const json = { 'content-type': 'application/json' };
const post = (body: unknown, headers: Record<string, string> = json): RequestInit => ({
  method: 'POST',
  headers,
  body: JSON.stringify(body),
});

/** One request as the SDK of a wire makes it. */
const tests = {
  native: ({ publicKey }) => ({
    path: '/v1/batch',
    init: post({ key: publicKey, items: [{ type: 'track', name, ids: { device: who } }] }, {}),
    isTaken: (answer) => answer.includes('"applied"'),
  }),
  mixpanel: ({ publicKey }) => ({
    path: '/mixpanel/track?verbose=1',
    init: post([{ event: name, properties: { token: publicKey, distinct_id: `$device:${who}`, $device_id: who } }]),
    isTaken: (answer) => /"status": ?1\b/.test(answer),
  }),
  mparticle: ({ publicKey }) => ({
    path: '/mparticle/identity/v1/identify',
    init: post(
      {
        client_sdk: { platform: 'web', sdk_vendor: 'mparticle', sdk_version: '2.68.0' },
        environment: 'development',
        request_id: crypto.randomUUID(),
        known_identities: { device_application_stamp: who },
      },
      { ...json, 'x-mp-key': publicKey },
    ),
    isTaken: (answer) => answer.includes('"mpid"'),
  }),
  segment: ({ publicKey }) => ({
    path: '/segment/v1/track',
    init: post({ writeKey: publicKey, anonymousId: who, event: name }),
    isTaken: (answer) => answer.includes('"success":true'),
  }),
  xo: ({ publicKey, keys }) => ({
    path: `/xo/${encodeURIComponent(keys['xo'] ?? publicKey)}`,
    init: post([{ action: 'view', target: { page: who }, user: { identities: { sessionId: who } } }]),
    isTaken: (answer) => answer.includes('"profiles"'),
  }),
  spid: ({ publicKey, keys }) => ({
    path: `/spid/ajax/hasSession.js?callback=setup&client_id=${encodeURIComponent(keys['spid'] ?? publicKey)}`,
    init: {},
    isTaken: (answer) => answer.includes('"uid"'),
  }),
} satisfies Readonly<Record<string, (keys: Keys) => Test>>;

/** Sends one test item over a wire, as its SDK does. Never throws: a server that is away is an answer too. */
export async function tryWire(wire: SetupWire, keys: Keys): Promise<Tried> {
  const { path, init, isTaken } = tests[wire](keys);
  try {
    const answer = await fetch(path, { ...init, credentials: 'omit' });
    const text = await answer.text();
    if (answer.ok && isTaken(text))
      return { ok: true, says: wire === 'spid' ? 'The wire knows this client and answers.' : 'It arrived.' };
    if (wire === 'spid' && keys.keys['spid'] === undefined)
      return { ok: false, says: 'Not answered: the project speaks SPiD once its settings name a client, keys.spid.' };
    return { ok: false, says: `Not taken (${answer.status}): ${text.slice(0, 200) || 'no reason given'}` };
  } catch {
    return { ok: false, says: 'The server does not answer.' };
  }
}

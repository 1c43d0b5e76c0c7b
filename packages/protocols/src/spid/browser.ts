import type { Command, Graph, Identifier, Json, JsonObject } from '@selfsame/identity';
import type { Access, Host, Item, Reading, WireRequest } from '../protocol.ts';
import { refusedItem } from '../refused-item.ts';
import { openSigned } from '../signed-blob.ts';
import { traitChanges } from './client-traits.ts';
import { scriptAnswer } from './jsonp.ts';
import { atItsPlace, eventProperties } from './server-event.ts';
import { apiError, noSessionAnswer, sessionAnswer, success } from './session.ts';
import { settingsOf } from './settings.ts';
import { changeTraits, type Whose } from './traits-set.ts';
import { PLATFORM_TRUST } from './trust.ts';
import { loggedIn, stateIn, stateNow, userOf, type Visitor, visitorOf } from './visitor.ts';

/** The script-tag calls of both generations of the browser SDK. */
export type BrowserCall = 'hasSession' | 'traits' | 'logout' | 'hasproduct' | 'hassubscription' | 'acceptAgreement';

/** Answers one script-tag call. Whatever is wrong with it is said inside the script. */
export async function readBrowserCall(call: BrowserCall, request: WireRequest, host: Host): Promise<Reading> {
  const query = (name: string) => request.query.get(name)?.[0];
  const callback = query('callback');
  const access = host.publicKey('spid', query('client_id') ?? '');
  if (access === undefined)
    return {
      type: 'items',
      items: [{ type: 'refused', reason: 'the client_id belongs to no project' }],
      reply: () => scriptAnswer(callback, apiError(401, 'Unknown client_id.', host)),
    };
  if (!mayAsk(request, access))
    return {
      type: 'answer',
      reply: { ...scriptAnswer(callback, apiError(403, 'This page may not ask.', host)), status: 403 },
    };
  const visitor = await visitorOf(request, access, host);
  const page: Page = {
    request,
    access,
    visitor,
    host,
    say: (command, then, insertId) => {
      const from = { project: access.project, wire: 'spid', trust: PLATFORM_TRUST } as const;
      return atItsPlace({ ...from, ...(insertId === undefined ? {} : { insertId }), command }, then);
    },
    answer: (value) => scriptAnswer(callback, value, [visitor.cookie]),
  };
  const reading = await readOf(call, page, query);
  // What the platform saw came with a page's key, and counts by that one's rate (G13).
  return reading.type === 'items' ? { ...reading, trust: access.trust } : reading;
}

function readOf(
  call: BrowserCall,
  page: Page,
  query: (name: string) => string | undefined,
): Reading | Promise<Reading> {
  switch (call) {
    case 'hasSession':
      return hasSession(page, query('autologin') === '1');
    case 'traits':
      return setTraits(page, query('t') ?? '');
    case 'logout':
      return logOut(page);
    case 'acceptAgreement':
      return acceptAgreement(page);
    case 'hasproduct':
    case 'hassubscription':
      // Nothing is sold here, so nobody has bought anything.
      return ready(page, { ...success(page.host), result: false });
  }
}

/**
 * Is this one of the client's own pages? A script tag of any site would carry the visitor's cookie, and the answer is
 * signed. A browser says by Origin or Referer which page asks. What this cannot prevent: a program that is no browser
 * says what it likes, though without a visitor's cookie; and an old browser without Sec-Fetch-Site can be told by a page
 * to hide where it comes from.
 */
function mayAsk({ headers, origin }: WireRequest, access: Access): boolean {
  const { origins, redirectUris } = settingsOf(access);
  // As a browser spells them: without a user, in small letters, without the port that goes without saying.
  const allowed = origins ?? redirectUris.map((uri) => URL.parse(uri)?.origin);
  if (allowed.length === 0) return true;
  const said = headers['origin'] ?? headers['referer'];
  // A program says neither. A browser that hides both still says whether the page is another site's.
  if (said === undefined) return /^(same-origin|none)?$/.test(headers['sec-fetch-site'] ?? '');
  const page = said === 'null' ? said : originOf(said);
  return page === origin || allowed.includes(page);
}

/** `https://shop.example.com` of an address. */
const originOf = (address: string): string => /^https?:\/\/[^/?#]+/i.exec(address)?.[0].toLowerCase() ?? '';

/** One call of one browser. */
interface Page {
  readonly request: WireRequest;
  readonly access: Access;
  readonly visitor: Visitor;
  readonly host: Host;
  /** What the platform itself says, and what it is `then`, by who is who at its place in the log; undefined: nothing. */
  say(command: Command, then: (graph: Graph) => Command | undefined, insertId?: string): Item;
  answer(value: object): ReturnType<typeof scriptAnswer>;
}

const ready = (page: Page, value: object): Reading => ({ type: 'answer', reply: page.answer(value) });

/** Who is logged in here. Somebody remembered is logged in again when the SDK asks for that, which is told once. */
async function hasSession(page: Page, autologin: boolean): Promise<Reading> {
  const { state } = page.visitor;
  if (state.type !== 'remembered' || !autologin) return ready(page, await whoIsHere(page, state));
  // Another tab may ask at the same time, or somebody log out meanwhile: who is remembered then is logged in again.
  const remembered = (graph: Graph) => {
    const then = stateThen(page, graph);
    return then.type === 'remembered' ? then.user : undefined;
  };
  const login = (user: Identifier) => ({ type: 'Identify', ids: [user, page.visitor.id] }) as const;
  const items = [
    serverEvent(page, 'Autologin', state.user, remembered),
    page.say(login(state.user), (graph) => {
      const user = remembered(graph);
      return user && login(user);
    }),
  ];
  const now = () => stateNow(page.visitor.id, page.access, page.host);
  return { type: 'items', items, reply: async () => page.answer(await whoIsHere(page, await now())) };
}

/** Who is logged in on the browser that asked, or was, at a place of the log. */
const stateThen = ({ visitor, access, host }: Page, graph: Graph): Visitor['state'] =>
  stateIn(graph, visitor.id, access, host.now);

async function whoIsHere({ access, host, visitor }: Page, state: Visitor['state']): Promise<object> {
  switch (state.type) {
    case 'session':
      return sessionAnswer(visitor, state.user, state.expiresIn, access, host);
    case 'remembered':
      return noSessionAnswer('LoginException', { ...visitor, state }, access, host);
    case 'known':
    case 'stranger':
      return noSessionAnswer('UserException', { ...visitor, state }, access, host);
  }
}

/**
 * Something the platform itself saw of a user, told at its place in the log; undefined: of nobody, and not told. It does
 * not name the visitor: who sits at a browser is for logins and logouts alone to say, and this one may be of the same moment.
 */
function serverEvent(
  page: Page,
  name: string,
  now: Identifier,
  whose: (graph: Graph) => Identifier | undefined,
  insertId?: string,
): Item {
  const { visitor, access, host, request } = page;
  const event = (user: Identifier, properties: JsonObject) =>
    ({ type: 'Track', ids: [user], name, properties, device: visitor.id }) as const;
  const then = (graph: Graph) => {
    const user = whose(graph);
    return user && event(user, eventProperties({}, [user], access, { graph, now: host.now }, { request }));
  };
  return page.say(event(now, {}), then, insertId);
}

/** Whoever is logged in then is logged out. */
function logOut(page: Page): Reading {
  const { visitor, access, host } = page;
  const { state, id } = visitor;
  if (state.type !== 'session' && state.type !== 'remembered') return ready(page, success(host));
  const leaving = (graph: Graph) => loggedIn(id, access, graph);
  const logout = { type: 'Logout', ids: [id] } as const;
  // Of one millisecond's words the one with the greater insert id is the later ([O1]), and a logout must be the last.
  const insertId = `~Logout.${id.value}.${host.randomUuid()}`;
  const items = [
    serverEvent(page, 'Logout', state.user, leaving),
    page.say(logout, (graph) => leaving(graph) && logout, insertId),
  ];
  return { type: 'items', items, reply: () => page.answer(success(host)) };
}

/** Only who is logged in can agree to anything, in the login in which they were asked; told once for each. */
function acceptAgreement(page: Page): Reading {
  const { state, id } = page.visitor;
  const reply = () => page.answer(success(page.host));
  if (state.type !== 'session' && state.type !== 'remembered') return ready(page, success(page.host));
  const agreeing = (graph: Graph) => {
    const then = stateThen(page, graph);
    const isSame = 'lastSaid' in then && then.lastSaid === state.lastSaid && then.user.value === state.user.value;
    return isSame ? then.user : undefined;
  };
  const insertId = `Accept agreement.${id.value}.${state.lastSaid}`;
  return { type: 'items', items: [serverEvent(page, 'Accept agreement', state.user, agreeing, insertId)], reply };
}

/** Signed traits go to the user this browser is known to belong to, else to the visitor. */
function setTraits(page: Page, blob: string): Reading {
  const { access, host, visitor, request } = page;
  const refuse = (reason: string): Reading => ({
    type: 'items',
    items: [refusedItem(access, `signed traits: ${reason}`)],
    reply: () => page.answer(apiError(400, `The traits were refused: ${reason}.`, host)),
  });
  const opened = openSigned(blob, access.project, host);
  if ('problem' in opened) return refuse(opened.problem);
  const { payload } = opened;
  const user = visitor.state.type === 'stranger' ? undefined : visitor.state.user;
  const problem = whyNotTraits(payload, access, host, [visitor.id, ...(user === undefined ? [] : [user])]);
  if (problem !== undefined) return refuse(problem);
  const changes = traitChanges(payload);
  if (typeof changes === 'string') return refuse(changes);
  const signedAt = payload['t'];
  // S7: what was signed earlier does not overwrite what was signed later.
  const time = typeof signedAt === 'number' ? { time: Math.round(signedAt * 1000) } : {};
  // What was signed for a user is theirs, whoever has logged in since; else it is whose the browser is at its place.
  const isBound = user !== undefined && String(payload['sub']) === user.value;
  const whose: Whose = {
    now: user ?? visitor.id,
    later: (graph) => (isBound ? user : (userOf(visitor.id, access, graph) ?? visitor.id)),
  };
  const record = (id: Identifier) => signatureRecord(id, opened.over);
  const { events, change } = changeTraits(whose, changes, access, host, { ...time, request });
  return {
    type: 'items',
    items: [page.say(record(whose.now), (graph) => record(whose.later(graph))), ...events, change],
    reply: (verdicts) =>
      verdicts.at(-1)?.status === 'rejected'
        ? page.answer(apiError(400, 'The traits were refused.', host))
        : page.answer(success(host)),
  };
}

/** Which of the two published forms the signer used: kept for the operator, beside the traits and hidden (S5). */
const signatureRecord = (whose: Identifier, over: 'payload-text' | 'json'): Command => ({
  type: 'Track',
  ids: [whose],
  name: 'Signature verified',
  properties: { over },
  hidden: true,
});

/** Why authentic traits are still not taken: signed for another use, stale, or bound to somebody else (S7, S8). */
function whyNotTraits(
  payload: Readonly<Record<string, Json>>,
  access: Access,
  host: Host,
  people: readonly Identifier[],
): string | undefined {
  const has = (name: string) => Object.hasOwn(payload, name);
  if ((has('result') && has('serverTime')) || (has('object') && has('entry')))
    return 'they are an answer of ours and no traits';
  // Our own wire's: taken here, they would have escaped the project or the one effect they were bound to.
  if (has('$audience') || has('$nonce')) return 'they were signed for another use';
  const { tMaxAgeSeconds } = settingsOf(access);
  const { t, sub } = payload;
  if (t !== undefined && typeof t !== 'number') return 't is not a number';
  if (typeof t === 'number' && tMaxAgeSeconds !== null && Math.abs(host.now / 1000 - t) > tMaxAgeSeconds)
    return 'they were signed too long ago, or in the future';
  if (sub === undefined) return access.policy.identityMode === 'enforce' ? 'they are bound to nobody (sub)' : undefined;
  return people.some((id) => id.value === String(sub)) ? undefined : 'they were signed for somebody else';
}

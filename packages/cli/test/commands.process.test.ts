import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { PersonView, SearchAnswer, StatsAnswer } from '@selfsame/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, selfsame, serve, temporaryFolder, untilGone, untilServed } from './cli.ts';

const folder = temporaryFolder();
const data = join(folder.path, 'data');
let server: Awaited<ReturnType<typeof serve>>;
let here: readonly string[];

beforeAll(async () => {
  server = await serve(data);
  here = ['--url', server.url, '--data', data];
});
afterAll(async () => {
  await server.stop();
  folder.remove();
});

const serverKey = () =>
  (JSON.parse(readFileSync(join(data, 'secrets.json'), 'utf8')) as { demo: { serverKey: string } }).demo.serverKey;
async function stats(): Promise<StatsAnswer> {
  const answer = await fetch(`${server.url}/v1/stats`, { headers: { authorization: `Bearer ${serverKey()}` } });
  return (await answer.json()) as StatsAnswer;
}
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
}
/** Who may do what with a file. */
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const lines = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).join('\n');

/** Logins with more e-mails of one person than the limit [K1] allows. */
const mails = JSON.stringify(
  Array.from({ length: 30 }, (_, i) => ({
    type: 'login',
    ids: { user: i < 26 ? 'ann' : `u${i}`, email: `e${i}@example.com` },
    time: new Date(Date.UTC(2026, 0, 1, 10, i)).toISOString(),
  })),
);

describe('import', () => {
  it('takes native items from an archive, tells the wire by itself, and takes a second run without effect', async () => {
    const items = [
      { type: 'track', name: 'Seen', time: '2026-01-01T10:00:00Z', ids: { device: 'cli-d1' } },
      { type: 'login', time: '2026-01-01T11:00:00Z', ids: { user: 'cli-ann', device: 'cli-d1' } },
      { type: 'traits', time: '2026-01-01T11:00:01Z', ids: { user: 'cli-ann' }, traits: { name: 'Ann Cli' } },
    ];
    const path = file('native.ndjson.gz', gzipSync(lines(items)));
    expect(await selfsame(['import', path, '--project', 'demo', ...here])).toMatchObject({
      code: 0,
      stdout: `${path}: 3 received: 3 applied\n`,
    });
    expect(await selfsame(['import', path, ...here])).toMatchObject({
      code: 0,
      stdout: `${path}: 3 received: 3 duplicate\n`,
    });
    const shown = await selfsame(['people', 'show', 'device:cli-d1', '--json', ...here]);
    expect(JSON.parse(shown.stdout) as PersonView).toMatchObject({ known: true, traits: { name: 'Ann Cli' } });
  });

  it("takes Mixpanel's export with profiles as a JSON array", async () => {
    const path = file(
      'mixpanel.json',
      JSON.stringify([
        {
          event: 'Old',
          properties: { time: 1_580_000_000, distinct_id: 'cli-mia', $user_id: 'cli-mia', $insert_id: 'cli-1' },
        },
        { event: 'Older', properties: { time: 1_570_000_000, distinct_id: 'cli-mia', $user_id: 'cli-mia' } },
        { $distinct_id: 'cli-mia', $properties: { $name: 'Mia' } },
      ]),
    );
    expect(await selfsame(['import', path, ...here])).toMatchObject({
      code: 0,
      stdout: `${path}: 3 received: 3 applied\n`,
    });
    expect(await selfsame(['import', path, ...here])).toMatchObject({
      code: 0,
      stdout: `${path}: 3 received: 3 duplicate\n`,
    });
    const shown = await selfsame(['people', 'show', 'user:cli-mia', ...here]);
    expect(shown.stdout).toMatch(/\$name: "Mia"[\s\S]*2020-01-26T00:53:20.000Z {2}Old[\s\S]*Older/);
  });

  it('takes every format it knows, each line with its own verdict (field cases of moves from vendors)', async () => {
    const time = 1_760_000_000;
    const event = (insertId: string, distinct_id: unknown, more: object = {}) => ({
      event: 'Viewed',
      properties: { time, distinct_id, $insert_id: insertId, ...more },
    });
    const history = file(
      'history.ndjson',
      lines([
        event('ajs-next-d4506e5f:8nDHprEv8m4QQ', 'cli-h'),
        event('a'.repeat(60), 'cli-h'),
        event('plain', 'undefined'),
        event('deep', 'cli-h', { a: { b: { c: { d: 1 } } }, list: Array.from({ length: 300 }, (_, i) => i) }),
      ]),
    );
    expect(await selfsame(['import', history, ...here])).toMatchObject({
      stdout: `${history}: 4 received: 4 applied\n`,
    });
    const profiles = file(
      'profiles.ndjson',
      lines([
        { $distinct_id: 'cli-p1', $properties: { plan: 'pro' } },
        { $distinct_id: 'undefined', $properties: { plan: 'x' } },
        { $distinct_id: '', $properties: { plan: 'y' } },
        { $distinct_id: 481, $add: { visits: 2 } },
      ]),
    );
    for (const twice of ['2 applied', '2 duplicate']) {
      const said = await selfsame(['import', profiles, ...here]);
      expect(said.stdout).toContain(twice);
      // The place in a request would only confuse beside that in the file.
      const told = /item 2: \$distinct_id, .+\n {2}item 3: \$distinct_id, /;
      expect(said).toMatchObject({ code: 1, stderr: expect.stringMatching(told) });
    }
    const numeric = await selfsame(['people', 'show', 'user:481', '--json', ...here]);
    expect(JSON.parse(numeric.stdout)).toMatchObject({ traits: { visits: 2 } });
    // Whose the first event's id is, is only said by the second.
    const posthog = (n: number, name: string, distinct_id: string, properties: object = {}) => {
      return { uuid: `cli-ph-${n}`, event: name, distinct_id, properties, timestamp: `2026-10-01T10:00:0${n}Z` };
    };
    const others = [
      posthog(1, 'seen', 'cli-anonymous'),
      posthog(2, '$identify', 'cli-ph', { $anon_distinct_id: 'cli-anonymous' }),
      posthog(3, 'order', 'cli-ph'),
    ];
    const path = file('posthog.ndjson', lines(others));
    expect(await selfsame(['import', path, ...here])).toMatchObject({
      code: 0,
      stdout: `${path}: 3 received: 3 applied\n`,
    });
    const customer = await selfsame(['people', 'show', 'user:cli-ph', ...here]);
    expect(customer.stdout).toMatch(/device:cli-anonymous[\s\S]*order[\s\S]*seen/);
    expect(customer.stdout).not.toContain('user:cli-anonymous');
    const segment = file(
      'segment.ndjson',
      lines([{ type: 'track', userId: 'cli-s', event: 'A', messageId: 'cli-s-1' }]),
    );
    expect(await selfsame(['import', segment, ...here])).toMatchObject({
      stdout: `${segment}: 1 received: 1 applied\n`,
    });
    const batch = {
      mpid: '77',
      events: [{ event_type: 'custom_event', data: { event_name: 'B', custom_event_type: 'other' } }],
    };
    const mparticle = file('mparticle.ndjson', lines([batch]));
    expect((await selfsame(['import', mparticle, ...here])).stdout).toContain('applied');
    const nobody = file('nobody.ndjson', lines([{ $distinct_id: 'null', $properties: { plan: 'x' } }]));
    expect((await selfsame(['import', nobody, ...here])).stdout).toContain('1 received: 1 rejected');
    const alone = file('alone.ndjson', lines([{ type: 'track', event: 'A', userId: '' }]));
    expect((await selfsame(['import', alone, ...here])).stdout).toContain('1 received: 1 rejected');
    const table = file('orders.csv', 'id;total\n1;2\n');
    expect(await selfsame(['import', table, ...here])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--mapping'),
    });
    const unknown = file('unknown.ndjson', lines([{ hello: 1 }]));
    expect((await selfsame(['import', unknown, ...here])).stderr).toMatch(/--wire: mparticle, posthog/);
  });

  it('writes what it did not take to a file that can be mended and imported', async () => {
    const path = file(
      'tomend.ndjson',
      lines([{ type: 'track', name: 'Ok', ids: { device: 'cli-m' } }, { type: 'dance' }]),
    );
    expect(await selfsame(['import', path, ...here])).toMatchObject({ code: 1 });
    const beside = `${path}.refused.ndjson`;
    const [refused] = readFileSync(beside, 'utf8').trim().split('\n') as [string];
    expect(JSON.parse(refused)).toMatchObject({ line: 2, reason: expect.any(String), item: { type: 'dance' } });
    writeFileSync(beside, refused.replace('"type":"dance"', '"type":"track","name":"Mended"'));
    expect(await selfsame(['import', beside, ...here])).toMatchObject({
      code: 0,
      stdout: `${beside}: 1 received: 1 applied\n`,
    });
    expect(existsSync(`${beside}.refused.ndjson`)).toBe(false);
  });

  it('mends rows of tables too, and loses no list to an import that cannot begin', async () => {
    const path = file('mend.csv', 'id,at\ncli-row-1,2026-01-01\ncli-row-2,noon\n');
    const mapping = file(
      'mend.mapping.json',
      JSON.stringify({ event: { value: 'Row' }, time: 'at', ids: { user: 'id' } }),
    );
    expect(await selfsame(['import', path, '--mapping', mapping, ...here])).toMatchObject({ code: 1 });
    const beside = `${path}.refused.ndjson`;
    expect(await selfsame(['import', path, ...here])).toMatchObject({ code: 2 });
    writeFileSync(beside, readFileSync(beside, 'utf8').replace('noon', '2026-01-02'));
    for (const fate of ['applied', 'duplicate'])
      expect(await selfsame(['import', beside, '--mapping', mapping, ...here])).toMatchObject({
        code: 0,
        stdout: `${beside}: 1 received: 1 ${fate}\n`,
      });
    const columns = (id: string, time: string) =>
      Array.from({ length: 131 }, (_, i) => ({ 3: time, 5: 'page_view', 6: id, 12: 'cli-sp' })[i] ?? '').join('\t');
    const events = file('mend.tsv', `${columns('e1', '2026-01-01 10:00:00')}\n${columns('e2', 'noon')}\n`);
    expect(await selfsame(['import', events, ...here])).toMatchObject({ code: 1 });
    const those = `${events}.refused.ndjson`;
    writeFileSync(those, readFileSync(those, 'utf8').replace('noon', '2026-01-02'));
    expect(await selfsame(['import', those, ...here])).toMatchObject({
      code: 0,
      stdout: `${those}: 1 received: 1 applied\n`,
    });
  });

  it('names the items it could not take, takes the others, and ends with 1', async () => {
    const path = file(
      'mixed.ndjson',
      `${lines([{ type: 'track', name: 'Good', ids: { device: 'cli-good' } }])}\n{nonsense\n{"type":"dance"}`,
    );
    const said = await selfsame(['import', path, ...here]);
    expect(said).toMatchObject({ code: 1, stdout: `${path}: 1 unreadable; 2 received: 1 applied, 1 rejected\n` });
    expect(said.stderr).toMatch(/item 2: is not JSON\n {2}item 3: .+\nselfsame: 2 items were not taken/);
  });

  it('passes over an item that is larger than a request, and goes on', async () => {
    const seen = (device: string) => ({ type: 'track', name: 'Seen', ids: { device } });
    const large = { ...seen('cli-large'), properties: { note: 'x'.repeat(11_000_000) } };
    const path = file('large.ndjson', lines([seen('cli-before'), large, seen('cli-after')]));
    expect(await selfsame(['import', path, ...here])).toMatchObject({
      code: 1,
      stdout: `${path}: 3 received: 2 applied, 1 rejected\n`,
      stderr: expect.stringContaining('item 2: it is larger than a request may be'),
    });
  });

  it('goes on where a killed import stopped: every item once', async () => {
    const items = Array.from({ length: 4_000 }, (_, i) => ({
      type: 'track',
      name: 'Resumed',
      time: 1_700_000_000_000 + i,
      ids: { device: `cli-r${i % 50}` },
    }));
    const path = file('long.ndjson', lines(items));
    const before = await stats();
    const child = launch(['import', path, '--batch', '5', ...here]);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    while (!existsSync(`${path}.selfsame-progress`)) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    await ended;
    const { done } = JSON.parse(readFileSync(`${path}.selfsame-progress`, 'utf8')) as { done: number };
    expect(done).toBeLessThan(items.length);
    const said = await selfsame(['import', path, ...here]);
    expect(said).toMatchObject({ code: 0 });
    expect(said.stderr).toContain('Going on after');
    expect((await stats()).applied - before.applied).toBe(items.length);
    expect(existsSync(`${path}.selfsame-progress`)).toBe(false);
  });

  it('goes on when the server comes back, and says so where there is no terminal', async () => {
    const place = join(folder.path, 'away');
    let other = await serve(place);
    const { port } = new URL(other.url);
    const items = Array.from({ length: 3_000 }, (_, i) => ({
      type: 'track',
      name: 'Kept on',
      time: 1_700_000_000_000 + i,
      ids: { device: `cli-k${i % 50}` },
    }));
    const path = file('away.ndjson', lines(items));
    const child = launch(['import', path, '--batch', '5', '--url', other.url, '--data', place]);
    let [said, errors] = ['', ''];
    child.stdout?.on('data', (part) => (said += part));
    child.stderr?.on('data', (part) => (errors += part));
    const ended = new Promise((resolve) => child.once('close', resolve));
    while (!existsSync(`${path}.selfsame-progress`)) await new Promise((resolve) => setTimeout(resolve, 5));
    await other.stop();
    while (!errors.includes('does not answer')) await new Promise((resolve) => setTimeout(resolve, 20));
    other = await untilServed(launch(['serve', '--data', place, '--port', port]));
    expect(await ended).toBe(0);
    // What was being answered as it stopped may have been sent twice.
    expect(said).toMatch(/: 3,000 received: [\d,]+ applied(, \d+ duplicate)?\n$/);
    expect(errors).toMatch(/does not answer \(.*\); trying again\.[\s\S]*answers again\.[\s\S]*100 % \| 3,000 items/);
    await other.stop();
  });

  it('opens a data directory itself with --offline, which a running server refuses', async () => {
    const path = file('offline.ndjson', lines([{ type: 'track', name: 'Offline', ids: { user: 'cli-off' } }]));
    const other = join(folder.path, 'other');
    expect(await selfsame(['import', path, '--offline', '--data', other])).toMatchObject({ code: 0 });
    expect((await selfsame(['people', 'show', 'user:cli-off', '--offline', '--data', other])).stdout).toContain(
      'Offline',
    );
    const refused = await selfsame(['import', path, '--offline', '--data', data]);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('serves this directory');
  });
});

/** An mParticle page tells of consent for two purposes; answers the status. */
async function saidByPurpose(mpid: string, publicKey: string): Promise<number> {
  const consented = {
    consented: true,
    timestamp_unixtime_ms: Date.UTC(2026, 2, 1),
    document: 'terms 2',
    location: null,
  };
  const sent = await fetch(`${server.url}/mparticle/v3/JS/${publicKey}/events`, {
    method: 'POST',
    body: JSON.stringify({
      mpid,
      events: [],
      consent_state: { gdpr: { analytics: consented }, ccpa: { data_sale_opt_out: { consented: true } } },
    }),
  });
  return sent.status;
}

describe('simulate, people, explain, export', () => {
  it('fills a project over the wire of Mixpanel, and asks about the people in it', async () => {
    const said = await selfsame(['simulate', '--people', '60', '--seed', '4', ...here]);
    expect(said).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^60 people, \d+ of them customers, with \d+ device ids, into project demo: ([\d,]+) received: \1 applied\n$/,
      ),
    });
    const { stdout } = await selfsame(['people', 'search', 'c-', '--json', ...here]);
    const people = JSON.parse(stdout) as SearchAnswer['people'];
    const one = people.find((person) => person.identifiers.some(({ kind }) => kind === 'device'));
    const device = one?.identifiers.find(({ kind }) => kind === 'device');
    const user = one?.identifiers.find(({ kind }) => kind === 'user');
    const same = await selfsame(['explain', `device:${device?.value}`, `user:${user?.value}`, ...here]);
    expect(same).toMatchObject({ code: 0 });
    expect(same.stdout).toMatch(/are one person\.\n.* → .*\n.*\[[A-Z]\d\w*\]\n.*mixpanel, server key/);
    const [other] = people
      .flatMap(({ identifiers }) => identifiers)
      .filter(({ kind, value }) => kind === 'user' && value !== user?.value);
    const apart = await selfsame(['explain', `user:${user?.value}`, `user:${other?.value}`, ...here]);
    expect(apart).toMatchObject({ code: 1, stdout: expect.stringContaining('are two people') });
    const unseen = await selfsame(['explain', `user:${user?.value}`, 'user:cli-nobody', ...here]);
    expect(unseen).toMatchObject({ code: 3, stdout: expect.stringContaining('never seen') });
    const alone = await selfsame(['explain', `device:${device?.value}`, ...here]);
    expect(alone).toMatchObject({ code: 0, stderr: '' });
    expect(alone.stdout).toContain(
      `device:${device?.value} is of the person ${one?.id}, named after user:${user?.value}`,
    );
    expect(alone.stdout).toMatch(/\n {2}.* → .*\n.*\[[A-Z]\d\w*\]\n.*mixpanel, server key/);
    const unanswered = await selfsame(['explain', 'user:1', 'user:2', '--url', server.url, '--server-key', 'wrong']);
    expect(unanswered).toMatchObject({ code: 4, stderr: expect.stringContaining('does not know this server key') });
  });

  it('says why an event is of somebody, or why not', async () => {
    const { serverKey } = (
      JSON.parse(readFileSync(join(data, 'secrets.json'), 'utf8')) as { demo: { serverKey: string } }
    ).demo;
    const time = '2026-01-01T10:00:00.000Z';
    const sent = await fetch(`${server.url}/v1/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${serverKey}` },
      body: JSON.stringify({
        items: [
          { type: 'login', ids: { device: 'cli-phone', user: 'cli-ann' }, time },
          { type: 'track', name: 'Read', ids: { device: 'cli-phone' }, time, insertId: 'cli-i17' },
          { type: 'login', ids: { user: 'cli-bob' }, time },
        ],
      }),
    });
    expect(sent.status).toBe(200);
    const explain = (...args: readonly string[]) => selfsame(['explain', ...args, ...here]);
    const theirs = await explain('--event', 'cli-i17', 'user:cli-ann');
    expect(theirs).toMatchObject({ code: 0, stderr: '' });
    expect(theirs.stdout).toMatch(
      /^Event cli-i17 \(Read, 2026-01-01T10:00:00\.000Z\) is of user:cli-ann: theirs, because .* \[L6\]\.\n {2}device:cli-phone → user:cli-ann\n/,
    );
    const not = await explain('--event', 'cli-i17', 'user:cli-bob');
    expect(not.code).toBe(1);
    expect(not.stdout).toMatch(/is not of user:cli-bob: .* \[P1\]\.\n {2}What would change it: /);
    expect(await explain('--event', 'cli-none', 'user:cli-bob')).toMatchObject({
      code: 3,
      stdout: 'event cli-none and user:cli-bob: we have never seen event cli-none [P1].\n',
    });
  });

  it('shows consent by purpose, and that nothing was said of any', async () => {
    const { publicKey } = (
      JSON.parse(readFileSync(join(data, 'secrets.json'), 'utf8')) as { demo: { publicKey: string } }
    ).demo;
    expect(await saidByPurpose('77', publicKey)).toBe(202);
    const shown = await selfsame(['people', 'show', 'mpid:77', ...here]);
    expect(shown.stdout).toContain(
      '\nconsent by purpose\n  ccpa.data_sale_opt_out: opted out\n' +
        '  gdpr.analytics: granted since 2026-03-01T00:00:00.000Z, "terms 2"\n',
    );
    const silent = await selfsame(['people', 'show', 'user:cli-ann', ...here]);
    expect(silent.stdout).toContain('\nconsent by purpose\n  nothing was said of any purpose\n');
  });

  it('writes the log as it is, from a position on', async () => {
    const { stdout } = await selfsame(['export', '--after', '1', '--limit', '2', ...here]);
    const positions = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { position: number }).position);
    expect(positions).toEqual([2, 3]);
  });

  it('writes a log that import reads: the other project comes to the same people, by the same trust', async () => {
    const items = [
      { type: 'track', name: 'Seen', ids: { device: 'cli-x1' }, time: '2026-02-01T10:00:00Z', properties: { n: 1 } },
      { type: 'login', ids: { device: 'cli-x1', user: 'cli-x' }, time: '2026-02-01T11:00:00Z' },
      { type: 'traits', ids: { user: 'cli-x' }, traits: { plan: 'pro', age: 41 }, time: '2026-02-01T11:00:01Z' },
      { type: 'segments', ids: { user: 'cli-x' }, segments: ['a', 'b'], time: '2026-02-01T11:00:02Z' },
      { type: 'logout', ids: { device: 'cli-x1' }, time: '2026-02-01T12:00:00Z' },
      { type: 'merge', ids: [{ user: 'cli-x' }, { user: 'cli-y' }], time: '2026-02-01T13:00:00Z' },
    ];
    await selfsame(['import', file('moving.ndjson', lines(items)), ...here]);
    const { publicKey } = (
      JSON.parse(readFileSync(join(data, 'secrets.json'), 'utf8')) as { demo: { publicKey: string } }
    ).demo;
    // A page says less than a backend, and still does after the move.
    const page = {
      key: publicKey,
      items: [{ type: 'traits', ids: { user: 'cli-x' }, traits: { plan: 'free', hat: 'red' } }],
    };
    await fetch(`${server.url}/v1/batch`, { method: 'POST', body: JSON.stringify(page) });
    await saidByPurpose('78', publicKey);
    const moved = join(folder.path, 'moved.ndjson');
    expect(await selfsame(['export', '--out', moved, ...here])).toMatchObject({ code: 0 });
    const other = await serve(join(folder.path, 'moved'));
    const there = ['--url', other.url, '--data', join(folder.path, 'moved')];
    const said = await selfsame(['import', moved, ...there]);
    // Both hold people, and are for whoever asked for them alone.
    expect([modeOf(moved), modeOf(`${moved}.refused.ndjson`)]).toEqual(['600', '600']);
    // Only what our items have no word for was left, by name.
    for (const line of readFileSync(`${moved}.refused.ndjson`, 'utf8').trim().split('\n'))
      expect((JSON.parse(line) as { reason: string }).reason).toMatch(/which only backup moves$/);
    expect(said.stdout).toMatch(/received: [\d,]+ applied/);
    const seen = async (identifier: string, where: readonly string[]) => {
      const { known, identifiers, traits, segments } = JSON.parse(
        (await selfsame(['people', 'show', identifier, '--json', ...where])).stdout,
      ) as PersonView;
      return {
        known,
        traits,
        segments,
        identifiers: identifiers.map(({ kind, value, from, to }) => [kind, value, from, to]),
      };
    };
    const mine = await seen('user:cli-x', here);
    expect(mine).toMatchObject({ known: true, traits: { plan: 'pro', hat: 'red', age: 41 }, segments: ['a', 'b'] });
    expect(await seen('user:cli-x', there)).toEqual(mine);
    expect(await seen('user:cli-y', there)).toEqual(mine);
    expect(await selfsame(['import', moved, ...there])).toMatchObject({
      stdout: expect.stringMatching(/received: [\d,]+ duplicate\n$/),
    });
    await other.stop();
  });

  it('finds nobody, and says so', async () => {
    const said = await selfsame(['people', 'show', 'user:cli-nobody', ...here]);
    expect(said).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Nobody is user:cli-nobody') });
  });
});

describe('verify', () => {
  it('gives one hash for a history in every order, and for every way to write it', async () => {
    const path = join(folder.path, 'shop.ndjson');
    await selfsame(['simulate', '--people', '40', '--seed', '9', '--end', '2026-01-31T00:00:00Z', '--out', path]);
    const one = await selfsame(['verify', path, '--orders', '8']);
    expect(one).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^[0-9a-f]{64} {2}[\d,]+ items, 8 orders, 3 crashes, one graph\n$/),
    });
    const reversed = file(
      'reversed.json.gz',
      gzipSync(`[${readFileSync(path, 'utf8').trimEnd().split('\n').reverse().join(',')}]`),
    );
    expect((await selfsame(['verify', reversed, '--orders', '2', '--crashes', '0'])).stdout.slice(0, 64)).toBe(
      one.stdout.slice(0, 64),
    );
  });

  it('keeps the order of a file that asks the directory, and tries the rest', async () => {
    const batches = [1, 2, 3].map((i) => ({
      environment: 'production',
      user_identities: { customer_id: 'c1' },
      device_info: { ios_idfv: `d${i}` },
      events: [
        {
          event_type: 'custom_event',
          data: {
            event_name: 'Seen',
            custom_event_type: 'other',
            timestamp_unixtime_ms: 1_767_225_600_000 + i,
            source_message_id: `s${i}`,
          },
        },
      ],
    }));
    const said = await selfsame(['verify', file('mparticle.json', JSON.stringify(batches)), '--orders', '5']);
    expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining('5 orders of arrival kept') });
  });

  it('gives the smallest counter-example where a limit goes by arrival, and its rule', async () => {
    const path = file('mails.json', mails);
    const out = join(folder.path, 'smallest.json');
    const said = await selfsame(['verify', path, '--crashes', '0', '--out', out]);
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('Two orders of 26 of the items') });
    expect(said.stderr).toContain('refused by [K1]');
    expect((JSON.parse(readFileSync(out, 'utf8')) as { one: unknown[] }).one).toHaveLength(26);
    expect(modeOf(out)).toBe('600');
  });

  it('will not promise anything of nothing', async () => {
    const empty = file('empty.ndjson', '\n');
    const nothing = await selfsame(['verify', empty]);
    expect(nothing).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('has no items') });
    const none = await selfsame(['test', file('none.json', '[]')]);
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('No scenario is in') });
  });

  it('will not promise it for a vendor that goes by arrival', async () => {
    const said = await selfsame(['verify', file('one.ndjson', '{"type":"track"}'), '--preset', 'mixpanel-simplified']);
    expect(said).toMatchObject({ code: 2, stderr: expect.stringContaining('goes by arrival') });
  });
});

describe('doctor', () => {
  it('finds nothing wrong with a store that is well, also while a server runs on it', async () => {
    const said = await selfsame(['doctor', '--data', data]);
    expect(said).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^[\d,]+ log records and [\d,]+ identifiers, all/),
    });
  });

  it('advises a project that answers on every wire to name those in use', async () => {
    const path = file('wide.ndjson', lines([{ type: 'track', name: 'a', ids: { user: 'cli-wide' } }]));
    const store = join(folder.path, 'wide');
    await selfsame(['import', path, '--offline', '--data', store]);
    const keys = { id: 'demo', publicKey: 'p', serverKey: 'wide-server-key', signingSecret: 's' };
    const settings = (more: object) => file('wide.json', JSON.stringify({ projects: [{ ...keys, ...more }] }));
    const doctor = (config: string) => selfsame(['doctor', '--data', store, '--config', config]);
    expect(await doctor(settings({}))).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/advice: the project demo .*\n {4}"speaks": \["native"\]\n$/),
    });
    expect((await doctor(settings({ speaks: ['native'] }))).stdout).not.toContain('advice');
    expect(await doctor(settings({ speak: ['native'] }))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('speak'),
    });
  });

  it('finds a changed record, and says what mends it', async () => {
    const sick = join(folder.path, 'sick');
    const path = file('sick.ndjson', lines([{ type: 'track', name: 'Once upon', ids: { user: 'cli-sick' } }]));
    await selfsame(['import', path, '--offline', '--data', sick]);
    const store = join(sick, 'selfsame.db');
    const bytes = readFileSync(store);
    const at = bytes.indexOf('Once upon');
    expect(at).toBeGreaterThan(0);
    bytes.write('Twice', at);
    writeFileSync(store, bytes);
    const said = await selfsame(['doctor', '--data', sick]);
    expect(said).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^log: .*\n {4}to mend it: restore a backup/),
    });
  });

  it('says when there is no store', async () => {
    expect(await selfsame(['doctor', '--data', '/nowhere'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no selfsame.db'),
    });
  });
});

describe('serve', () => {
  it('ends with 0 at SIGTERM', async () => {
    const other = await serve(join(folder.path, 'ends'));
    expect(await other.stop()).toBe(0);
  });

  it('ends when npx does, which passes no signal on', async () => {
    const args = ['--no', 'selfsame', 'serve', '--data', join(folder.path, 'npx'), '--port', '0'];
    const other = await untilServed(spawn('npx', args, { cwd: join(import.meta.dirname, '../../..'), stdio: 'pipe' }));
    await other.stop();
    await untilGone(`${other.url}/livez`);
  });
});

describe('the command line', () => {
  it.each([
    [[], 2, /Usage: selfsame/],
    [['dance'], 2, /unknown command 'dance'/],
    [['serve', '--port', '99999'], 2, /whole number from 0 to 65535/],
    [['import', '/nowhere/at-all'], 2, /cannot be read: ENOENT/],
    [
      ['people', 'search', 'x', '--url', 'http://127.0.0.1:1', '--server-key', 'k'],
      1,
      /Nothing answers at http:\/\/127\.0\.0\.1:1 .*selfsame serve/,
    ],
    [['people', 'search', 'x', '--data', '/nowhere'], 2, /Which key\?/],
    [['people', 'search', 'x', '--url', 'nonsense', '--server-key', 'k'], 2, /--url nonsense is no address/],
    [['sign', '{"a":1}', '--signing-secret', 's', '--t', 'abc'], 2, /It must be Unix seconds/],
    [['score', 'events.ndjson', '--world', 'shop'], 2, /Give a file and its --truth, or a --world/],
    [['sign', '{"a":1}', '--signing-secret', ''], 2, /It must not be empty/],
    [['verify', 'customers.csv', '--wire', 'csv'], 2, /Allowed choices are mparticle, .*snowplow\.$/m],
    [['explain', 'user', 'user:1', '--server-key', 'k'], 2, /Identifiers look like kind:value/],
    [['explain', 'user:2', 'user:1', '--server-key', 'k', '--as-of', 'x'], 2, /It must be a position of the log/],
    [['explain', 'user:2', 'user:1', '--server-key', 'k', '--event', 'i'], 2, /An event goes with one identifier/],
    [['explain', 'user:2', 'user:1', '--server-key', 'k', '--url', 'http://127.0.0.1:1'], 4, /Nothing answers at/],
  ])('%j ends with %i and says why', async (args, code, why) => {
    const said = await selfsame(args);
    expect(said.stderr).toMatch(why);
    expect(said.code).toBe(code);
  });

  it('says that an outcome cannot be written where it was to go, and shows it all the same', async () => {
    const there = ['--out', folder.path];
    const cannot = expect.stringContaining(`${folder.path} cannot be written: EISDIR`);
    expect(await selfsame(['simulate', '--people', '1', ...there])).toMatchObject({ code: 2, stderr: cannot });
    const scenario = file('scenario.json', '{"items":[],"expect":{}}');
    const tried = await selfsame(['test', scenario, '--junit', folder.path]);
    expect(tried).toMatchObject({ code: 2, stdout: expect.stringContaining('ok'), stderr: cannot });
    const found = await selfsame(['verify', file('many-mails.json', mails), '--crashes', '0', ...there]);
    expect(found).toMatchObject({ code: 1, stderr: expect.stringContaining('Two orders of 26 of the items') });
    expect(found.stderr).toEqual(cannot);
  });

  it('says when a key is wrong, or opens another project', async () => {
    const wrong = await selfsame(['people', 'search', 'x', '--url', server.url, '--server-key', 'wrong']);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('does not know this server key') });
    const other = await selfsame(['people', 'search', 'x', '--project', 'shop', ...here]);
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('opens project "demo", not "shop"') });
  });

  // Whoever may do everything is refused nothing.
  it.skipIf(process.getuid?.() === 0)('names a file that it may not read, and blames no port', async () => {
    const key = file('key.pem', '');
    chmodSync(key, 0o000);
    const said = await selfsame(['serve', '--data', join(folder.path, 'kept'), '--cert', key, '--key', key]);
    expect(said).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/EACCES: permission denied, open '.*key.pem'/),
    });
  });

  it('scores no policy that is none', async () => {
    const policy = file('policy.json', '{"sharedDevice":"nope"}');
    const said = await selfsame(['score', '--world', 'shop', '--people', '1', '--policy', policy]);
    expect(said).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(`${policy} is no policy: `) });
    expect(said.stderr).toContain('sharedDevice');
  });

  it('takes options from the environment', async () => {
    const env = { SELFSAME_SIGNING_SECRET: 'test', SELFSAME_T: '5' };
    const { stdout } = await selfsame(['sign'], { input: '{"a":1}', env });
    expect(JSON.parse(Buffer.from(stdout.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({ a: 1, t: 5 });
  });

  it('says that a project of the settings has no server key', async () => {
    const config = file('keyless.json', JSON.stringify({ projects: [{ id: 'demo' }] }));
    const said = await selfsame(['people', 'search', 'x', '--config', config]);
    expect(said).toMatchObject({ code: 2, stderr: expect.stringContaining('"demo" has no serverKey') });
  });

  it('finds its key in a settings file', async () => {
    const config = file('config.json', JSON.stringify({ projects: [{ id: 'demo', serverKey: serverKey() }] }));
    const said = await selfsame([
      'people',
      'search',
      'zzz',
      '--url',
      server.url,
      '--config',
      config,
      '--data',
      '/nowhere',
    ]);
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining("Nobody's identifier") });
  });

  it('ends without a word when its reader, such as `head`, has seen enough', async () => {
    const command = launch(['simulate', '--help']);
    command.stdout?.destroy();
    const errors = text(command.stderr as Readable);
    const code = await new Promise((resolve) => command.once('exit', resolve));
    expect([code, await errors]).toEqual([0, '']);
  });
});

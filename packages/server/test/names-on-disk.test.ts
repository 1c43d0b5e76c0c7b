import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { batch, running, shop } from './running.ts';

const CANARY = 'this-file-is-beside-the-data-directory';

/** Ways out of a directory; the file `canary` is one and two levels up. */
const ways = [
  ...['..', '.', '../canary', '../../canary', '..\\canary', '/etc/passwd', '....//canary', 'a/../../canary'],
  ...['..%2fcanary', '..%252fcanary', '%2e%2e/canary', '..%c0%afcanary', 'canary\0.json', 'file:///etc/passwd'],
  ...['x'.repeat(300), '~/canary', 'CON', '-rf', '$(touch canary2)', '`touch canary2`', '; touch canary2'],
];

const filesUnder = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(directory, name)).isFile(),
  );

/** A path as it is: `fetch` would tidy its dots. */
const raw = (url: string, path: string): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const headers = { authorization: `Bearer ${shop.serverKey}` };
    request({ hostname, port, path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('latin1');
      answer.on('data', (part) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end();
  });

test('no name that is sent becomes a name on the disk, and none leads out of what is served (S39)', async () => {
  const server = await running();
  const around = join(server.data, '..');
  writeFileSync(join(around, 'canary'), CANARY);
  const own = new Set(filesUnder(server.data));
  const outside = () => filesUnder(around).filter((name) => !name.startsWith('data/'));
  const before = outside();
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${shop.serverKey}` };
  const read: string[] = [];
  const made: string[] = [];
  let tried = 0;
  for (const way of ways) {
    // As what has an id of its own: of these only outputs of files have a directory that is called so.
    for (const [path, body] of [
      ['/v1/outputs', { id: way, type: 'files', format: 'ndjson' }],
      ['/v1/connections', { id: way, input: way, output: way }],
    ] as const) {
      tried += 1;
      const answer = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
      if (answer.ok) made.push(way);
      read.push(await answer.text());
    }
    // As everything that an item can say.
    tried += 1;
    const told = await batch(server.url, shop.serverKey, [
      { type: 'track', name: way, insertId: way, ids: { user: way, device: way }, properties: { [way]: way } },
      { type: 'segments', ids: { user: `${way}.` }, segments: [way] },
    ]);
    read.push(await told.text());
    // As a part of an address: of the console's and the shop's files, of the SDK, of ids.
    for (const prefix of ['/', '/assets/', '/shop/', '/v1/outputs/', '/v1/questions/', '/v1/policy/simulations/'])
      for (const one of [way, encodeURIComponent(way), way.replaceAll('/', '%2f')].filter(
        (text) => !/[^\x21-\x7e]/.test(text),
      )) {
        tried += 1;
        read.push((await raw(server.url, prefix + one)).text);
      }
  }
  const leaked = read.filter((text) => text.includes(CANARY) || /^root:/m.test(text));
  // What a server makes by itself, and the directory of an output that was taken under its id.
  const fresh = filesUnder(server.data).filter(
    (name) => !own.has(name) && !/^[\w.-]+$/.test(name) && !made.some((id) => name.startsWith(`files/shop/${id}/`)),
  );
  console.log(
    `S39: ${ways.length} ways out, ${tried} tries: ${leaked.length} read, ${outside().length - before.length + fresh.length} files of another name`,
  );
  expect(leaked).toEqual([]);
  expect([outside(), fresh]).toEqual([before, []]);
  expect(made.filter((id) => !/^(?!\.+$)[\w.-]{1,64}$/.test(id))).toEqual([]);
});

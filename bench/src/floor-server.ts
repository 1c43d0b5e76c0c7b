/**
 * The floor: node:http and SQLite with dedupe, group commit, a sync each commit, and nothing else. Run as a process.
 * Answers `POST /` with an array of events when they are on disk; prints its port.
 */
import { createServer } from 'node:http';
import Database from 'better-sqlite3';

const db = new Database(process.argv[2] as string);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(
  'CREATE TABLE log (position INTEGER PRIMARY KEY, body TEXT); CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID',
);
const append = db.prepare('INSERT INTO log (body) VALUES (?)');
const see = db.prepare('INSERT OR IGNORE INTO seen VALUES (?)');
const commit = db.transaction((jobs: readonly Job[]) => {
  for (const { events } of jobs)
    for (const event of events)
      if (see.run(event.properties.$insert_id).changes === 1) append.run(JSON.stringify(event));
});

interface Job {
  readonly events: readonly { readonly properties: { readonly $insert_id: string } }[];
  readonly done: () => void;
}
let queue: Job[] = [];

function run(): void {
  const jobs = queue;
  queue = [];
  commit(jobs);
  for (const job of jobs) job.done();
}

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    if (queue.length === 0) setImmediate(run);
    queue.push({ events: JSON.parse(Buffer.concat(parts).toString()), done: () => response.end('1') });
  });
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: (server.address() as { port: number }).port })));

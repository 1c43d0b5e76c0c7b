/**
 * A process that writes every kind of file that is written whole, for a test that looks at its system calls:
 * `synced-child.ts DIRECTORY`. After each it writes a line, as one who asked would be answered.
 */
import { join } from 'node:path';
import { tableNames } from '@selfsame/outputs';
import { testRules } from '@selfsame/store/traffic';
import { backupData, makeDirectory, openBooks, openEmbeddedStore, restoreData } from '@selfsame/store-embedded';
import { closedIn, Journal } from '../src/delivery/files/journal.ts';
import { writeTables } from '../src/delivery/files/write-tables.ts';
import { writeWhole } from '../src/settings/whole-file.ts';

const [directory = ''] = process.argv.slice(2);
const done = (what: string) => process.stdout.write(`done ${what}\n`);

writeWhole(join(directory, 'settings.json'), { one: 1 });
writeWhole(join(directory, 'settings.json'), { one: 2 });
done('a file of settings');

const files = join(directory, 'files');
for (const table of tableNames) makeDirectory(join(files, table));
const journal = new Journal(files);
const place = { position: 1, part: 0, at: 0 };
const rows = tableNames.map((table) => `${table} {"a":1}`).join('\t');
await journal.write(`1.0 1970-01-01T00:00:00.000Z\t${rows}\n`, place, place);
await journal.sync();
done('rows');
await journal.write(`2.0 1970-01-01T00:00:00.000Z\t${rows}\n`, { ...place, position: 2 }, { ...place, position: 2 });
await journal.end();
done('the end of a journal');
await writeTables(files, 'ndjson', closedIn(files), '0000000000000001-0000000000000001');
done('tables');

const data = join(directory, 'data');
const store = await openEmbeddedStore({ directory: data, rules: testRules });
await store.close();
writeWhole(join(data, 'secrets.json'), { personKey: 'a' });
const onStep = () => undefined;
const to = join(directory, 'backup');
await backupData({ from: data, to, now: 0, onStep });
done('a backup');
const deriveIn = () => testRules('p').derive;
await restoreData({ from: to, to: join(directory, 'restored'), deriveIn, onStep });
done('a restore');

const books = openBooks(join(directory, 'books.db'));
const account = { cursor: 1, state: 'running', reason: null, nextAt: 0, sent: 1, marks: new Map() } as const;
const letter = { position: 1, part: 0, failures: 1, due: 0, since: 0, sequence: 1 };
books.save('hook', { ...account, list: [letter], unlist: [], dead: [] } as never);
done('a message that waits');

/** `node --import ./instrument.ts child.ts SEED RUNS [NAME…]`: fuzzes parsers, one after another; a line of JSON each. */
import { fuzz } from './fuzz.ts';
import { parsers } from './parsers.ts';
import { planted } from './planted.ts';

const [, , seed, runs, ...names] = process.argv;
const all = [...parsers, { name: 'planted', corpus: ['abc'], words: [], read: planted }];
for (const name of names.length > 0 ? names : parsers.map((one) => one.name)) {
  const parser = all.find((one) => one.name === name);
  if (parser === undefined) throw new Error(`no parser is called ${name}`);
  const said = await fuzz(parser, Number(runs), Number(seed)).then(
    ({ found, ...rest }) => ({ ...rest, found: found.length }),
    (error: Error) => ({ error: error.message }),
  );
  console.log(JSON.stringify({ name, ...said }));
}

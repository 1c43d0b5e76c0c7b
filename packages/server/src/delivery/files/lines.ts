import { createReadStream } from 'node:fs';

/** Read at once, bytes. */
const CHUNK = 1 << 20;

/** The whole lines of a file with their ends, many at a time; what follows the last end is left out. */
export async function* linesIn(file: string): AsyncGenerator<readonly Buffer[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK })) {
    const text = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    const lines: Buffer[] = [];
    let from = 0;
    for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10, from)) {
      lines.push(text.subarray(from, end + 1));
      from = end + 1;
    }
    rest = text.subarray(from);
    if (lines.length > 0) yield lines;
  }
}

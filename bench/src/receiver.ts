import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { constants, setPriority } from 'node:os';

/**
 * A process of its own that takes whatever outputs send. It stands for a machine elsewhere, so it takes as little of
 * this one as it can: it reads of a request where it ends and no more, and whoever else wants the processor goes first.
 */
setPriority(constants.priority.PRIORITY_LOW);
const body = '{"code":200,"status":1}';
const answer = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const end = Buffer.from('\r\n\r\n');

const server = createServer((socket) => {
  socket.setNoDelay(true).on('error', () => {});
  let head: Buffer = Buffer.alloc(0);
  /** Bytes of the body that are yet to come. */
  let left = 0;
  socket.on('data', (part: Buffer) => {
    for (let rest = part; rest.length > 0; ) {
      if (left === 0) {
        head = head.length === 0 ? rest : Buffer.concat([head, rest]);
        const at = head.indexOf(end);
        if (at < 0) return;
        left = Number(/content-length: (\d+)/i.exec(head.toString('latin1', 0, at))?.[1] ?? 0);
        rest = head.subarray(at + end.length);
        head = Buffer.alloc(0);
      }
      const taken = Math.min(left, rest.length);
      left -= taken;
      rest = rest.subarray(taken);
      if (left === 0) socket.write(answer);
    }
  });
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })));

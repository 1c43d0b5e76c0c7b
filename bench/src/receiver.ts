import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A process of its own that takes whatever outputs send, as fast as Node can. */
const server = createServer((request, response) => {
  request.resume().on('end', () => response.end('{"code":200,"status":1}'));
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })));

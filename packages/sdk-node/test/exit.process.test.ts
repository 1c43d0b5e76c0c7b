import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';

it('a program that ends with items waiting sends them first', async () => {
  let received = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { items } = JSON.parse(body) as { items: object[] };
    received += items.length;
    response.end(JSON.stringify({ results: items.map(() => ({ status: 'applied' })) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const program = `
    import { createClient } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
    const client = createClient({ key: 'k', endpoint: '${endpoint}', sendAfter: 3_600_000 });
    for (let i = 0; i < 3; i++) client.track({ device: 'd' }, 'event ' + i);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'inherit' });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect([code, received]).toEqual([0, 3]);
});

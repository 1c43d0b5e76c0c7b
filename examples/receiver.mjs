// A receiver of webhooks for trying things out: prints a line for each message it is posted, and shows all of them at /.
//   node examples/receiver.mjs [port]
import { createServer } from 'node:http';

const port = Number(process.argv[2] ?? 8500);
/** The newest first; a receiver for looking at keeps no more. */
const messages = [];
const MOST = 200;

const server = createServer(async (request, response) => {
  if (request.method !== 'POST') {
    const isJson = request.url === '/messages';
    response.setHeader('content-type', isJson ? 'application/json' : 'text/html; charset=utf-8');
    response.end(isJson ? `[${messages.join(',\n')}]` : page());
    return;
  }
  const body = Buffer.concat(await request.toArray()).toString();
  try {
    console.log(inWords(JSON.parse(body)));
    messages.unshift(body);
    messages.splice(MOST);
    response.writeHead(204).end();
  } catch {
    response.writeHead(400).end();
  }
});
server.listen(port, '127.0.0.1', () => console.log(`Post to http://127.0.0.1:${server.address().port}/`));

/** A message in a line: our own webhook's, or a batch of mParticle's form. */
function inWords(message) {
  if (message.schema_version === undefined) {
    const who = message.person?.identifiers?.[0];
    return [message.type, message.event?.name, who && `${who.kind}:${who.value}`].filter(Boolean).join('  ');
  }
  const events = message.events.map(({ event_type: type, data }) =>
    [type, data.event_name ?? data.screen_name].filter(Boolean).join(' '),
  );
  const who = message.user_identities.map(({ identity_type: type, identity }) => `${type}:${identity}`);
  return ['batch', events.join(', ') || 'no events', ...who].join('  ');
}

function page() {
  const escaped = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const shown = messages.map((body) => `<pre>${escaped(JSON.stringify(JSON.parse(body), null, 2))}</pre>`);
  return `<!doctype html><meta http-equiv="refresh" content="3"><title>Receiver</title><h1>${messages.length} messages</h1>${shown.join('<hr>')}`;
}

/** `SELFSAME_SERVER_KEY=… SELFSAME_PUBLIC_KEY=… node examples/login-server/src/main.ts`: the site on http://127.0.0.1:8000. */
import { createClient } from '@selfsame/node';
import { createSite } from './site.ts';

const { SELFSAME_SERVER_KEY = '', SELFSAME_PUBLIC_KEY = '', SELFSAME_URL = 'http://127.0.0.1:4400' } = process.env;
const selfsame = createClient({ key: SELFSAME_SERVER_KEY, endpoint: SELFSAME_URL });
const site = createSite(selfsame, SELFSAME_PUBLIC_KEY).listen(8000, '127.0.0.1');

process.once('SIGTERM', async () => {
  site.close();
  await selfsame.close();
});

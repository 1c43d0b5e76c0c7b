import { load, server } from './load.js';
import { noteSent } from './sent.js';

/**
 * SPiD's calls (`VGS`) on our client: the vendor's script is on no registry, and its sessions want a backend that logs
 * people in, which the shop has not. Answers null when the browser does not load it.
 */
export async function start(config) {
  if (!(await load('spid.js'))) return null;
  const client = window.startVgs({ key: config.token, endpoint: server, sendAfter: 200, cookie: false });
  window.VGS.init({ client_id: config.token, server: new URL(server).host, prod: false });
  return speakingTo(client, window.VGS);
}

/** Asks the session again, as a page does after a login or logout. */
const status = (VGS) => new Promise((done) => VGS.getLoginStatus(done, true));

function speakingTo(client, VGS) {
  const note = (name) => noteSent(name, { user: client.getUser().ids.user, device: client.getUser().device });
  return {
    track(name, properties) {
      void client.track(name, properties);
      note(name);
    },
    async signedUp(customer) {
      void client.login({ user: customer.id, email: customer.email });
      void client.setTraits({ name: customer.name });
      await status(VGS);
      note('VGS.getLoginStatus');
      this.track('Signed Up', { method: 'e-mail' });
    },
    async loggedIn(customer) {
      void client.login({ user: customer.id, email: customer.email });
      await status(VGS);
      note('VGS.getLoginStatus');
      this.track('Logged In', { method: 'e-mail' });
    },
    async loggedOut() {
      await new Promise((done) => VGS.Auth.logout(done));
      note('VGS.Auth.logout');
    },
    ids: () => ({ uid: client.getUser().device, userId: client.getUser().ids.user ?? null }),
  };
}

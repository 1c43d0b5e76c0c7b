import { noteSent } from './sent.js';

/** Selfsame's own client, from the server that serves the shop. Answers null when the browser does not load it. */
export function start(config) {
  const server = new URL('..', document.baseURI).href;
  return new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = `${server}sdk.js`;
    script.onerror = () => resolve(null);
    script.onload = () => {
      window.selfsame.init({
        key: config.token,
        endpoint: server,
        plugins: ['campaign', 'sessions'],
        // Seen in the console at once; a real site leaves the second.
        sendAfter: 200,
        // The server sets it with each page, so browsers keep it for its full year.
        cookie: { byServer: true, domain: '' },
      });
      resolve(speaking);
    };
    document.head.append(script);
  });
}

const speaking = {
  track(name, properties) {
    const { selfsame } = window;
    note(name, name === 'Page Viewed' ? selfsame.page(name, properties) : selfsame.track(name, properties));
  },
  signedUp(customer) {
    const { selfsame } = window;
    note('login', selfsame.login({ user: customer.id, email: customer.email }));
    note('setTraits', selfsame.setTraits({ name: customer.name }));
    note('setOnce', selfsame.people.setOnce({ 'Signed up': new Date().toISOString() }));
    this.track('Signed Up', { method: 'e-mail' });
  },
  loggedIn(customer) {
    note('login', window.selfsame.login({ user: customer.id, email: customer.email }));
    this.track('Logged In', { method: 'e-mail' });
  },
  /** The device stays what it is: whose it was when is the server's to work out. */
  loggedOut: () => note('logout', window.selfsame.logout()),
  ids() {
    const { device, ids } = window.selfsame.getUser();
    return { device, user: ids.user ?? null, email: ids.email ?? null };
  },
};

/** Shows a call, with what became of it when it was not simply taken. */
async function note(name, answer) {
  const { device, ids } = window.selfsame.getUser();
  const { status } = await answer;
  noteSent(status === 'applied' ? name : `${name}: ${status}`, { user: ids.user, device });
}

const SENT = 'shop-sent';
const KEPT = 20;

/** What was sent last from this tab, newest first: `{ name, at, who }`. */
export const sent = () => JSON.parse(sessionStorage.getItem(SENT) ?? '[]');

/** Remembers that a library sent something, and under which ids. */
export function noteSent(name, { user, device }) {
  const who = `${user ?? 'anonymous'} · ${(device ?? '').slice(0, 8)}`;
  sessionStorage.setItem(SENT, JSON.stringify([{ name, at: Date.now(), who }, ...sent()].slice(0, KEPT)));
  window.dispatchEvent(new Event('shop-sent'));
}

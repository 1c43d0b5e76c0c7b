import { whoIsHere } from './accounts.js';
import { track } from './analytics.js';
import { count } from './basket.js';
import { h } from './dom.js';
import { panel } from './panel.js';

/** Puts the header, the page and the drawer together and tells that the page was viewed. */
export function show(name, ...content) {
  const main = document.getElementById('page');
  main.replaceChildren(...content);
  main.before(header());
  main.after(footer(), panel());
  track('Page Viewed', { page: name });
}

function header() {
  const customer = whoIsHere();
  const items = count();
  const link = (href, text) => h('a', { href, 'aria-current': location.pathname.endsWith(`/${href}`) && 'page' }, text);
  return h(
    'header',
    {},
    h(
      'a',
      { href: './', class: 'brand' },
      h('img', { src: 'icon.svg', alt: '', width: 28, height: 28 }),
      'Hearth & Reed',
    ),
    h(
      'nav',
      { 'aria-label': 'Shop' },
      link('catalogue.html', 'Catalogue'),
      link('basket.html', items === 0 ? 'Basket' : `Basket (${items})`),
      customer === null
        ? [link('login.html', 'Log in'), link('sign-up.html', 'Sign up')]
        : link('account.html', customer.name),
    ),
  );
}

const footer = () =>
  h(
    'footer',
    {},
    h(
      'p',
      {},
      'A demonstration: nothing is sold, no password is asked, and customers live in this browser only. The page uses Selfsame’s own client, or another vendor’s library, and sends to Selfsame.',
    ),
  );

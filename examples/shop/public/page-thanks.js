import { h } from './dom.js';
import { show } from './shell.js';

show(
  'Thank you',
  h('h1', {}, 'Thank you'),
  h(
    'p',
    {},
    'Your order is on its way to nowhere. In the console, its revenue now belongs to the campaign that first brought you.',
  ),
  h(
    'p',
    { class: 'actions' },
    h('a', { class: 'button', href: 'catalogue.html' }, 'Go on looking'),
    h('a', { href: 'account.html' }, 'Your account'),
  ),
);

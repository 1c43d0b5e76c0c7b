import { whoIsHere } from './accounts.js';
import { change, lines, total } from './basket.js';
import { money } from './catalogue.js';
import { art, h } from './dom.js';
import { show } from './shell.js';

const alter = (id, by) => () => {
  change(id, by);
  location.reload();
};

const row = ({ product, quantity }) =>
  h(
    'li',
    { class: 'line' },
    art(product.id, product.tint),
    h('span', { class: 'line-name' }, product.name),
    h(
      'span',
      { class: 'line-quantity' },
      h(
        'button',
        { type: 'button', class: 'quiet', 'aria-label': `One ${product.name} fewer`, onclick: alter(product.id, -1) },
        '−',
      ),
      String(quantity),
      h(
        'button',
        { type: 'button', class: 'quiet', 'aria-label': `One ${product.name} more`, onclick: alter(product.id, 1) },
        '+',
      ),
    ),
    h('span', { class: 'line-price' }, money(product.price * quantity)),
  );

const next = () =>
  whoIsHere() === null
    ? [
        h('a', { class: 'button', href: 'sign-up.html?then=checkout' }, 'Sign up and check out'),
        h('a', { href: 'login.html?then=checkout' }, 'I have an account'),
      ]
    : [h('a', { class: 'button', href: 'checkout.html' }, 'Check out')];

show(
  'Basket',
  h('h1', {}, 'Basket'),
  ...(lines().length === 0
    ? [h('p', {}, 'Nothing here yet. ', h('a', { href: 'catalogue.html' }, 'Have a look around.'))]
    : [
        h('ul', { class: 'lines' }, lines().map(row)),
        h('p', { class: 'total' }, 'Together ', h('b', {}, money(total()))),
        h('p', { class: 'actions' }, next()),
      ]),
);

import { whoIsHere } from './accounts.js';
import { settled, track } from './analytics.js';
import { count, empty, lines, total } from './basket.js';
import { currency, money } from './catalogue.js';
import { h } from './dom.js';
import { show } from './shell.js';

const customer = whoIsHere();
const order = { revenue: total(), currency, items: count(), products: lines().map(({ product }) => product.id) };

const buy = async (event) => {
  event.target.disabled = true;
  await track('Order Completed', { ...order, order: `o-${Date.now().toString(36)}` });
  empty();
  await settled();
  location.assign('thanks.html');
};

if (customer === null) {
  location.replace('sign-up.html?then=checkout');
} else if (order.items === 0) {
  show(
    'Checkout',
    h('h1', {}, 'Checkout'),
    h('p', {}, 'Your basket is empty. ', h('a', { href: 'catalogue.html' }, 'Have a look around.')),
  );
} else {
  show(
    'Checkout',
    h('h1', {}, 'Checkout'),
    h(
      'ul',
      { class: 'summary' },
      lines().map(({ product, quantity }) =>
        h('li', {}, h('span', {}, `${quantity} × ${product.name}`), h('span', {}, money(product.price * quantity))),
      ),
    ),
    h('p', { class: 'total' }, 'Together ', h('b', {}, money(order.revenue))),
    h('p', {}, `Goes to ${customer.name}, ${customer.email}.`),
    h('p', { class: 'actions' }, h('button', { type: 'button', onclick: buy }, `Pay ${money(order.revenue)}`)),
    h('p', { class: 'hint' }, 'Nothing is charged; there is no payment here.'),
  );
  track('Checkout Started', order);
}

import { track } from './analytics.js';
import { change } from './basket.js';
import { currency, money, productById } from './catalogue.js';
import { art, h } from './dom.js';
import { show } from './shell.js';

const product = productById(new URLSearchParams(location.search).get('id'));

if (product === undefined) {
  show(
    'Product',
    h('h1', {}, 'We do not have that'),
    h('p', {}, h('a', { href: 'catalogue.html' }, 'See what we do have')),
  );
} else {
  const about = { product: product.id, price: product.price, currency };
  const add = async () => {
    change(product.id, 1);
    await track('Added to Basket', { ...about, quantity: 1 });
    location.assign('basket.html');
  };
  show(
    'Product',
    h(
      'article',
      { class: 'product' },
      art(product.id, product.tint),
      h(
        'div',
        {},
        h('p', { class: 'eyebrow' }, product.kind),
        h('h1', {}, product.name),
        h('p', {}, product.text),
        h('p', { class: 'price' }, money(product.price)),
        h('button', { type: 'button', onclick: add }, 'Add to basket'),
      ),
    ),
  );
  document.title = `${product.name} · Hearth & Reed`;
  track('Product Viewed', about);
}

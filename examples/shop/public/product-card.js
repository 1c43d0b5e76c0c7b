import { money } from './catalogue.js';
import { art, h } from './dom.js';

/** A product as a tile that leads to its page. */
export const card = (product) =>
  h(
    'a',
    { class: 'card', href: `product.html?id=${product.id}` },
    art(product.id, product.tint),
    h('span', { class: 'card-name' }, product.name),
    h('span', { class: 'card-price' }, money(product.price)),
  );

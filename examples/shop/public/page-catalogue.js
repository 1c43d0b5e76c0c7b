import { products } from './catalogue.js';
import { h } from './dom.js';
import { card } from './product-card.js';
import { show } from './shell.js';

const kinds = [...new Set(products.map((product) => product.kind))];

show(
  'Catalogue',
  h('h1', {}, 'Catalogue'),
  ...kinds.map((kind) =>
    h(
      'section',
      { 'aria-label': kind },
      h('h2', {}, kind),
      h('div', { class: 'grid' }, products.filter((product) => product.kind === kind).map(card)),
    ),
  ),
);

import { campaigns, products } from './catalogue.js';
import { h } from './dom.js';
import { card } from './product-card.js';
import { show } from './shell.js';

/** The front page is also the landing page of every campaign: `?utm_source=…&utm_medium=…&utm_campaign=…`. */
const arrivedBy = campaigns.find(
  ({ campaign }) => campaign === new URLSearchParams(location.search).get('utm_campaign'),
);

const link = ({ source, medium, campaign }) =>
  `./?${new URLSearchParams({ utm_source: source, utm_medium: medium, utm_campaign: campaign })}`;

show(
  arrivedBy === undefined ? 'Home' : 'Landing',
  h(
    'section',
    { class: 'hero' },
    h(
      'p',
      { class: 'eyebrow' },
      arrivedBy === undefined ? 'Things for the evening' : `You came by ${arrivedBy.source}`,
    ),
    h('h1', {}, arrivedBy?.headline ?? 'Stay in. It is lovely here.'),
    h('p', {}, arrivedBy?.text ?? 'Twelve well-made things for light, warmth and a second cup of tea.'),
    h('a', { class: 'button', href: 'catalogue.html' }, 'See the catalogue'),
  ),
  h(
    'section',
    { 'aria-label': 'Favourites' },
    h('h2', {}, 'Favourites'),
    h(
      'div',
      { class: 'grid' },
      [0, 2, 5, 8].map((i) => card(products[i])),
    ),
  ),
  h(
    'section',
    { class: 'campaigns' },
    h('h2', {}, 'Arrive by a campaign'),
    h(
      'p',
      { class: 'hint' },
      'Each link is what an advertisement would carry. Follow one as a new visitor, buy something, and see it on the campaign page of the console.',
    ),
    h(
      'ul',
      {},
      campaigns.map((one) =>
        h('li', {}, h('a', { href: link(one) }, one.headline), h('code', {}, `${one.source} / ${one.campaign}`)),
      ),
    ),
  ),
);

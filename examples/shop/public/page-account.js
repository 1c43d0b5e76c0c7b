import { logOut, whoIsHere } from './accounts.js';
import { loggedOut } from './analytics.js';
import { h } from './dom.js';
import { show } from './shell.js';

const customer = whoIsHere();

const leave = (options) => async (event) => {
  event.target.disabled = true;
  await loggedOut(options);
  logOut();
  location.assign('./');
};

if (customer === null) {
  location.replace('login.html');
} else {
  show(
    'Account',
    h('h1', {}, `Hello, ${customer.name}`),
    h(
      'dl',
      { class: 'facts' },
      h('dt', {}, 'E-mail'),
      h('dd', {}, customer.email),
      h('dt', {}, 'Customer'),
      h('dd', {}, h('code', {}, customer.id)),
    ),
    h(
      'p',
      { class: 'actions' },
      h('button', { type: 'button', onclick: leave({ reset: true }) }, 'Log out'),
      h(
        'button',
        { type: 'button', class: 'quiet', onclick: leave({ reset: false }) },
        'Log out, but forget to call reset()',
      ),
    ),
    h(
      'p',
      { class: 'hint' },
      'The second button is the usual mistake on a shared device: the library goes on naming the customer who left. Log in as somebody else afterwards and see what the console makes of it.',
    ),
  );
}

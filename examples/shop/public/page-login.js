import { customersHere, logIn } from './accounts.js';
import { goOn } from './after-login.js';
import { loggedIn } from './analytics.js';
import { h } from './dom.js';
import { show } from './shell.js';

const email = h('input', {
  id: 'email',
  type: 'email',
  autocomplete: 'email',
  required: true,
  maxlength: 200,
  list: 'customers',
});
const button = h('button', {}, 'Log in');

const submit = async (event) => {
  event.preventDefault();
  button.disabled = true;
  await loggedIn(logIn(email.value));
  goOn();
};

show(
  'Log in',
  h('h1', {}, 'Log in'),
  h(
    'form',
    { onsubmit: submit },
    h('label', { for: 'email' }, 'E-mail'),
    email,
    h(
      'datalist',
      { id: 'customers' },
      customersHere().map((customer) => h('option', { value: customer.email }, customer.name)),
    ),
    button,
  ),
  h(
    'p',
    { class: 'hint' },
    'No password. The same e-mail is the same customer on every device. ',
    h('a', { href: `sign-up.html${location.search}` }, 'Sign up instead'),
  ),
);

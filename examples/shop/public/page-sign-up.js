import { signUp } from './accounts.js';
import { goOn } from './after-login.js';
import { signedUp } from './analytics.js';
import { h } from './dom.js';
import { show } from './shell.js';

const name = h('input', { id: 'name', autocomplete: 'name', required: true, maxlength: 80 });
const email = h('input', { id: 'email', type: 'email', autocomplete: 'email', required: true, maxlength: 200 });
const button = h('button', {}, 'Sign up');

const submit = async (event) => {
  event.preventDefault();
  button.disabled = true;
  await signedUp(signUp(name.value, email.value));
  goOn();
};

show(
  'Sign up',
  h('h1', {}, 'Sign up'),
  h('p', {}, 'All you did here so far will become part of your history.'),
  h(
    'form',
    { onsubmit: submit },
    h('label', { for: 'name' }, 'Your name'),
    name,
    h('label', { for: 'email' }, 'E-mail'),
    email,
    button,
  ),
  h(
    'p',
    { class: 'hint' },
    'No mail is sent and no password is asked. Use any address, such as ann@example.com. ',
    h('a', { href: `login.html${location.search}` }, 'I have an account'),
  ),
);

import { chooseLibrary, chosenLibrary, config, ids, libraries } from './analytics.js';
import { become, current, names, startAfresh } from './devices.js';
import { h } from './dom.js';
import { sent } from './sent.js';
import { recall, remember } from './storage.js';

const OPEN = 'shop-panel-open';

/** The drawer that shows what the page tells the server, and lets one browser play several devices. */
export function panel() {
  const body = h('div', { class: 'panel-body' });
  const drawer = h(
    'details',
    { class: 'panel', open: recall(OPEN, true), ontoggle: () => remember(OPEN, drawer.open) },
    h('summary', {}, 'What we send'),
    body,
  );
  const refresh = async () => body.replaceChildren(...(await contents()));
  window.addEventListener('shop-sent', refresh);
  refresh();
  return drawer;
}

async function contents() {
  if (config === null)
    return [h('p', {}, 'Nothing: there is no config.json beside this page, so no server to send to.')];
  const now = await ids();
  if (now === null)
    return [h('p', {}, 'Nothing: the browser blocks the library. An ad blocker does that.'), libraryPicker()];
  return [idTable(now), libraryPicker(), devicePicker(), sentList()];
}

function idTable(now) {
  const row = ([name, value]) => [h('dt', {}, name), h('dd', { title: value ?? '' }, value ?? 'not yet')];
  return h('dl', {}, Object.entries(now).flatMap(row));
}

function libraryPicker() {
  const option = (name) => h('option', { selected: name === chosenLibrary() }, name);
  const select = h('select', { id: 'library', onchange: () => chooseLibrary(select.value) }, libraries.map(option));
  return h(
    'div',
    { class: 'panel-device' },
    h('label', { for: 'library' }, 'The page uses'),
    select,
    h(
      'p',
      { class: 'hint' },
      'Our own client, or a vendor’s own library, unchanged (of SPiD its calls): all lead to the same people.',
    ),
  );
}

function devicePicker() {
  const option = (name) => h('option', { selected: name === current() }, name);
  const select = h('select', { id: 'device', onchange: () => become(select.value) }, names.map(option));
  return h(
    'div',
    { class: 'panel-device' },
    h('label', { for: 'device' }, 'This browser plays'),
    select,
    h('button', { type: 'button', class: 'quiet', onclick: startAfresh }, 'New visitor'),
    h(
      'p',
      { class: 'hint' },
      'Another device keeps its own ids, login and basket. “New visitor” clears those of this one.',
    ),
  );
}

function sentList() {
  const items = sent();
  if (items.length === 0) return h('p', { class: 'hint' }, 'Nothing sent yet.');
  const row = ({ name, at, who }) =>
    h('li', {}, h('time', {}, new Date(at).toLocaleTimeString()), h('b', {}, name), h('code', {}, who));
  return h('ol', { 'aria-label': 'Sent, newest first' }, items.map(row));
}

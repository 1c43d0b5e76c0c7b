/** What the page runs: takes over what the server rendered. */
import { createElement as h } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { App } from './app.ts';

const { options } = window as unknown as { options: Parameters<typeof App>[0]['options'] };
hydrateRoot(document.querySelector('#root') as Element, h(App, { options }), {
  onRecoverableError: (error) => console.error('hydration', error),
});

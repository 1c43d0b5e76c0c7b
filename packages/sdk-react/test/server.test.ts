import { createElement as h } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import { useSelfsame } from '../src/index.ts';
import { App } from './app.ts';

const Lost = () => h('p', {}, String(useSelfsame()));

it('on a server nobody is here, nothing is asked of a browser, and nothing sent', () => {
  const html = renderToString(h(App, { options: { key: 'PUB', endpoint: 'http://127.0.0.1:9' } }));
  expect(html).toContain('Hello stranger');
  expect(html).toContain('>ask<');
});

it('a hook without its provider says what is missing', () => {
  expect(() => renderToString(h(Lost))).toThrow(/SelfsameProvider/);
});

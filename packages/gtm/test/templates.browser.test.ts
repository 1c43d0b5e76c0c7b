import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, newDevice } from '../../../e2e/src/browser.ts';
import { type Pages, startPages } from '../../../e2e/src/pages.ts';
import { PUBLIC_KEY, type Selfsame, startSelfsame, TRACKER_KEY } from '../../../e2e/src/selfsame.ts';
import { until } from '../../../e2e/src/until.ts';
import { parseTemplate } from '../src/template.ts';

let selfsame: Selfsame;
let browser: Browser;
let pages: Pages;

beforeAll(async () => {
  selfsame = await startSelfsame({ preset: 'selfsame' }, { tls: true });
  browser = await launchBrowser({ 'id.example.com': new URL(selfsame.url).host });
  pages = await startPages({});
});
afterAll(async () => {
  await browser?.close();
  await pages?.close();
  await selfsame?.dispose();
});

/** What the sandbox's APIs do on a real page, as their reference says it. */
const apis = `{
  createQueue: (name) => { const queue = (window[name] = window[name] || []); return (entry) => queue.push(entry); },
  copyFromWindow: (path) => path.split('.').reduce((at, name) => at && at[name], window),
  callInWindow: (path, ...args) => { const at = path.split('.'); const name = at.pop(); at.reduce((a, n) => a[n], window)[name](...args); },
  injectScript: (src, onload, onerror, token) => {
    const made = (window.made = window.made || {});
    if (made[token]) return onload();
    made[token] = document.head.appendChild(Object.assign(document.createElement('script'), { src, onload, onerror }));
  },
  makeString: String, makeNumber: Number, logToConsole: console.error,
  getType: (value) => value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value,
}`;

/** Runs a template's tag on a page, once for each of these settings, and waits until each has called back. */
async function run(folder: string, settings: readonly object[]) {
  const { code } = parseTemplate(readFileSync(new URL(`../${folder}/template.tpl`, import.meta.url), 'utf8'));
  const device = await newDevice(browser);
  await device.page.goto(pages.url);
  for (const data of settings)
    await device.page.evaluate(
      `new Promise((gtmOnSuccess, gtmOnFailure) => {
        const apis = ${apis};
        (function (require, data) { 'use strict'; ${code}
        })((name) => apis[name], { ...${JSON.stringify(data)}, gtmOnSuccess, gtmOnFailure });
      })`,
    );
  return device;
}
const timeline = (user: string, count: number) =>
  until(
    async () => {
      const person = await selfsame.person('user', user);
      return person === undefined ? [] : (await selfsame.events(person.id)).map((event) => event.name);
    },
    (names) => names.length >= count,
  );

describe('on a real page, against a running server', () => {
  it('the Selfsame tag: two tags, one visitor, before and after the script has come', async () => {
    const common = { key: PUBLIC_KEY, host: 'id.example.com' };
    const { troubles, context } = await run('web', [
      { ...common, action: 'track', eventName: 'Seen' },
      {
        ...common,
        action: 'login',
        identities: [{ identity: 'user', identityVal: 42 }],
        traits: [{ trait: 'age', traitVal: 45 }],
      },
      { ...common, action: 'track', eventName: 'Bought' },
    ]);
    expect((await timeline('42', 2)).sort()).toEqual(['Bought', 'Seen']);
    expect((await selfsame.person('user', '42'))?.traits).toEqual({ age: 45 });
    expect(troubles).toEqual([]);
    await context.close();
  });

  it('the XO tag: the session and the shopper are one', async () => {
    const common = {
      trackerKey: TRACKER_KEY,
      host: 'id.example.com',
      targets: [{ target: 'product', targetVal: '123' }],
      // Each activity carries all of the user, and the one that arrives last counts: two requests may overtake each other.
      userSegments: 'new,prospect',
      userSegmentsSeparator: ',',
    };
    const { troubles, context } = await run('web-xo', [
      { ...common, action: 'view' },
      {
        ...common,
        action: 'purchase',
        identities: [{ identity: 'ecommerceid', identityVal: 'xo-42' }],
      },
    ]);
    expect((await timeline('xo-42', 2)).sort()).toEqual(['purchase', 'view']);
    expect((await selfsame.person('user', 'xo-42'))?.segments).toEqual(['new', 'prospect']);
    expect(troubles).toEqual([]);
    await context.close();
  });
});

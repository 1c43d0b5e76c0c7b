import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../../e2e/src/browser.ts';
import { type ConsoleServer, publicKey, serverKey, startConsole } from './console-server.ts';
import { sendBatch, sendTraffic } from './send.ts';
import { shopTraffic } from './shop-traffic.ts';
import { openPage } from './visitor.ts';

/** For what takes a request and a drawing, on a busy machine. */
const patient = { timeout: 60_000 };

let server: ConsoleServer;
let browser: Browser;
let page: Page;
let troubles: string[];

beforeAll(async () => {
  server = await startConsole();
  await sendTraffic(server.url, serverKey, shopTraffic(150, Date.now()));
  browser = await launchBrowser();
  ({ page, troubles } = await openPage(browser));
  await page.goto(server.loginUrl());
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

const open = (path: string) => page.goto(`${server.url}/p/shop${path}`);
const ask = async <T>(path: string, question?: object): Promise<T> => {
  const answer = await fetch(server.url + path, {
    ...(question === undefined ? {} : { method: 'POST', body: JSON.stringify(question) }),
    headers: { authorization: `Bearer ${serverKey}`, 'content-type': 'application/json' },
  });
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
};

describe('Home', () => {
  const figure = (label: string) => page.locator('.home-figure', { has: page.locator('dt', { hasText: label }) });

  it('says how it goes, every number a link to where it comes from', async () => {
    await sendBatch(server.url, publicKey, [
      { type: 'track', name: 'Page view', ids: { device: 'today-1' } },
      { type: 'identify', ids: { user: 'null' } },
    ]);
    await open('/');
    const from = Date.now() - 29 * 86_400_000;
    const begin = from - (from % 86_400_000);
    const { rows } = await ask<{ rows: { events: number }[] }>('/v1/insights/counts', {
      from: begin,
      events: [{ event: 'Sign up' }],
    });
    const signUps = rows.reduce((sum, row) => sum + row.events, 0);
    expect(signUps).toBeGreaterThan(10);
    await expect.poll(() => figure('Sign-ups').locator('.home-value').textContent(), patient).toBe(String(signUps));
    const days = await ask<{ rows: { people: number }[] }>('/v1/insights/days', { from: begin });
    expect(await figure('People today').locator('.home-value').textContent()).toBe(String(days.rows.at(-1)!.people));
    expect(await figure('Known').locator('.home-value').textContent()).toMatch(/^\d.*%$/);
    expect(await figure('Known').locator('a').getAttribute('href')).toMatch(/known=yes&active=7d$/);
    expect(await figure('Known').locator('.home-note').textContent()).toMatch(
      /In truth perhaps \S+% to \S+% of the humans/,
    );
    expect(await page.locator('.how-far-off').textContent()).toContain('a share of people comes out low');
    const brought = await ask<{ rows: { touch: string | null }[] }>('/v1/insights/attribution', {
      from: begin,
      conversion: { event: 'Sign up' },
    });
    const best = brought.rows.find(({ touch }) => touch !== null)!.touch!;
    expect(await figure('Best campaign').locator('.home-value').textContent()).toBe(best);
    expect(await page.locator('.health').textContent()).toContain('Everything is counted');
    expect(await page.locator('.trend-known[height]:not([height="0"])').count()).toBeGreaterThan(5);
    await page.locator('.reason-why', { hasText: 'names nobody' }).waitFor();
    await page.locator('.reasons a').first().click();
    await page.waitForURL(/\/live\?.*status=rejected/);
    await page.locator('.item', { hasText: 'names nobody' }).waitFor();
    await page.goBack();
    await figure('Best campaign').locator('.home-value a').click();
    await page.getByRole('heading', { name: 'Campaigns' }).waitFor();
    await page.locator('table').getByText(best).waitFor();
    expect(troubles).toEqual([]);
  });
});

describe('People', () => {
  const names = () => page.locator('.person-called').allTextContents();
  const status = () => page.locator('.room-head .muted[role=status]').textContent();
  interface Listed {
    readonly total: number;
    readonly people: readonly { readonly name: string }[];
  }
  const query = (question: object) => ask<Listed>('/v1/people/query', question);

  it('are listed page by page, sorted by a head, and Back takes a step again', async () => {
    await open('/people');
    const all = await query({});
    await expect.poll(status, patient).toBe(`${all.total} people, known and anonymous`);
    expect(await names()).toEqual(all.people.map(({ name }) => name));
    await page.getByRole('button', { name: 'Next' }).click();
    const second = await query({ offset: 50 });
    await expect.poll(names, patient).toEqual(second.people.map(({ name }) => name));
    await page.getByRole('button', { name: 'Events' }).click();
    const busiest = await query({ sort: 'events', offset: 50 });
    await expect.poll(names, patient).toEqual(busiest.people.map(({ name }) => name));
    expect(await page.getByRole('columnheader', { name: 'Events' }).getAttribute('aria-sort')).toBe('descending');
    await page.goBack();
    await expect.poll(names, patient).toEqual(second.people.map(({ name }) => name));
  });

  it('are narrowed by traits, segments and kinds, and show the columns one chooses', async () => {
    // Whoever narrows a list on its third page reads the first of what is left.
    await open('/people?page=3');
    await page.getByLabel('Who', { exact: true }).selectOption('Known people');
    await page.getByLabel('In segment').selectOption({ value: 'buyers' });
    await page.getByRole('button', { name: 'A trait' }).click();
    await page.getByLabel('Trait').selectOption({ value: 'plan' });
    await page.getByLabel('Comparison').selectOption('is');
    await page.getByLabel('Value').fill('member');
    await page.keyboard.press('Enter');
    const plan = [{ property: 'plan', op: 'eq', value: 'member' }];
    const { total } = await query({ who: { known: true, segments: ['buyers'], traits: plan } });
    expect(total).toBeGreaterThan(2);
    await expect.poll(status, patient).toBe(`${total} people found`);
    await page.getByText('Columns', { exact: true }).click();
    await page.getByLabel('plan', { exact: true }).check();
    await page.getByRole('columnheader', { name: 'plan' }).waitFor();
    const rows = page.locator('.people-table tbody tr');
    await expect.poll(() => rows.filter({ hasText: 'member' }).count(), patient).toBe(total);
    expect(await rows.count()).toBe(total);
    // What one sees is in the address.
    await page.reload();
    await expect.poll(status, patient).toBe(`${total} people found`);
    await page.getByRole('columnheader', { name: 'plan' }).waitFor();
  });

  it('are found by a part of an e-mail, and leave as a file without formulas', async () => {
    await sendBatch(server.url, serverKey, [
      { type: 'traits', ids: { user: 'evil' }, traits: { name: '=cmd|calc', email: 'formula@sheet.example' } },
    ]);
    await open('/people?q=mula%40sheet');
    await expect.poll(names, patient).toEqual(['=cmd|calc']);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('people-shop.csv');
    const chunks: Buffer[] = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString('utf8')).toMatch(/\r\n'=cmd\|calc,yes,/);
    expect(troubles).toEqual([]);
  });

  it('narrow every question in the same way', async () => {
    await open('/counts?event=Purchase&count=people&every=month');
    const question = { events: [{ event: 'Purchase' }], interval: 'month' };
    const people = () => page.locator('table tbody td.number').first().textContent();
    await page.getByLabel('Trait').first().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'A trait' }).click();
    await page.getByLabel('Trait').selectOption({ value: 'plan' });
    await page.getByLabel('Comparison').selectOption('is');
    await page.getByLabel('Value').fill('member');
    await page.keyboard.press('Enter');
    const who = { traits: [{ property: 'plan', op: 'eq', value: 'member' }] };
    const all = await ask<{ rows: { people: number }[] }>('/v1/insights/counts', question);
    const { rows } = await ask<{ rows: { people: number }[] }>('/v1/insights/counts', { ...question, who });
    expect(rows.at(-1)!.people).toBeLessThan(all.rows.at(-1)!.people);
    await expect.poll(people, patient).toBe(String(rows.at(-1)!.people));
    await page.getByLabel('Split by').selectOption({ label: 'trait city' });
    const split = await ask<{ rows: { value: string }[] }>('/v1/insights/counts', {
      ...question,
      who,
      breakdown: { trait: 'city' },
    });
    await page.locator('tbody').getByText(split.rows.at(-1)!.value).first().waitFor();
    expect(troubles).toEqual([]);
  });
});

describe('the board', () => {
  it('shows what somebody saved with a name, answered anew, until it is deleted', async () => {
    await open('/board');
    await page.getByText('Nothing saved yet').waitFor();
    await page.getByRole('link', { name: 'Funnel' }).first().click();
    await open('/funnel?step=Page+view&step=Sign+up&known=yes');
    await page.locator('.plot').waitFor();
    await page.getByText('Save', { exact: true }).click();
    await page.getByLabel('Name of this question').fill('Known to sign-up');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Board' }).last().click();
    const card = page.getByRole('region', { name: 'Known to sign-up' });
    await card.locator('.plot').waitFor();
    const { steps } = await ask<{ steps: { people: number }[] }>('/v1/insights/funnel', {
      from: Date.now() - 29 * 86_400_000 - (Date.now() % 86_400_000),
      steps: [{ event: 'Page view' }, { event: 'Sign up' }],
      window: 30 * 86_400_000,
      who: { known: true },
    });
    expect(await card.locator('.figure').first().textContent()).toContain(`${steps[1]!.people} people`);
    // Saved on the server: another browser sees it, and it opens as it was asked.
    await page.reload();
    await card.getByRole('link', { name: 'Known to sign-up' }).click();
    await page.waitForURL(/\/funnel\?step=Page\+view&step=Sign\+up&known=yes$/);
    expect(await page.getByLabel('Who', { exact: true }).inputValue()).toBe('yes');
    await page.goBack();
    await page.getByRole('button', { name: 'Delete Known to sign-up' }).click();
    await page.getByRole('button', { name: 'Delete for everybody' }).click();
    await page.getByText('Nothing saved yet').waitFor();
    expect(troubles).toEqual([]);
  });
});

describe('a question that takes long', () => {
  it('says how far it is, can be cancelled, and asked again', async () => {
    // Never let through: what a question after a large import waits for, however fast this machine is.
    await page.route('**/v1/insights/counts*', () => {});
    await open('/counts?event=Purchase');
    await page.getByRole('progressbar', { name: 'How far it is' }).waitFor();
    expect(await page.locator('.working').textContent()).toMatch(/entry [\d,]+ of [\d,]+|Everything is read/);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('You cancelled this question').waitFor();
    await page.unroute('**/v1/insights/counts*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.plot').waitFor();
    troubles.length = 0;
  });
});

describe('a shared device', () => {
  it('says who else used it and when, in the list and in the lanes', async () => {
    const at = (minutes: number) => new Date(Date.now() - 86_400_000 + minutes * 60_000).toISOString();
    const seen = (user: string, minutes: number) => ({
      type: 'track',
      name: 'Seen',
      ids: { device: 'family-tablet', user },
      time: at(minutes),
    });
    await sendBatch(server.url, serverKey, [
      { type: 'traits', ids: { user: 'family-bob' }, traits: { name: '<b>Bob</b>' } },
      { type: 'login', ids: { device: 'family-tablet', user: 'family-ann' }, time: at(0) },
      seen('family-ann', 5),
      { type: 'logout', ids: { device: 'family-tablet' }, time: at(10) },
      { type: 'login', ids: { device: 'family-tablet', user: 'family-bob' }, time: at(300) },
      seen('family-bob', 305),
      { type: 'logout', ids: { device: 'family-tablet' }, time: at(310) },
      { type: 'login', ids: { device: 'family-tablet', user: 'family-ann' }, time: at(600) },
      seen('family-ann', 605),
    ]);
    const { id } = await ask<{ id: string }>('/v1/people?kind=user&value=family-ann');
    await open(`/people/${id}`);
    const others = page.locator('.identifier-others').first();
    expect(await others.textContent()).toContain('also used by <b>Bob</b>');
    await page.locator('.plot rect[stroke-dasharray], .plot [stroke-dasharray] rect').first().waitFor();
    await others.getByRole('link', { name: 'Bob' }).click();
    await page.getByRole('heading', { name: '<b>Bob</b>' }).waitFor();
    expect(troubles).toEqual([]);
  });
});

describe('Live', () => {
  it('says how fast things come, and follows one event or one person', async () => {
    await open('/live');
    await sendBatch(server.url, publicKey, [
      { type: 'track', name: 'Page view', ids: { device: 'follow-me' } },
      { type: 'track', name: 'Purchase', ids: { device: 'somebody-else' } },
    ]);
    await expect
      .poll(() => page.locator('.total-received .total-rate').textContent(), patient)
      .toMatch(/^[\d.]+ a second$/);
    await page.getByLabel('Event', { exact: true }).selectOption('Page view');
    await page.locator('.item', { hasText: 'follow-me' }).waitFor();
    await page.locator('.item', { hasText: 'somebody-else' }).waitFor({ state: 'detached' });
    await page.getByLabel('Event', { exact: true }).selectOption('');
    await page.locator('.item', { hasText: 'follow-me' }).first().getByRole('button').click();
    await page.getByRole('button', { name: 'Only this person' }).click();
    await page.locator('.item', { hasText: 'somebody-else' }).waitFor({ state: 'detached' });
    await sendBatch(server.url, publicKey, [{ type: 'track', name: 'One more', ids: { device: 'follow-me' } }]);
    await page.locator('.item', { hasText: 'One more' }).waitFor();
    expect(await page.locator('.item').count()).toBe(2);
    await page.getByRole('button', { name: 'Everybody again' }).click();
    await page.locator('.item', { hasText: 'somebody-else' }).waitFor();
    expect(troubles).toEqual([]);
  });
});

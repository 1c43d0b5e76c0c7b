import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../../e2e/src/browser.ts';
import { violations } from './axe.ts';
import { type ConsoleServer, serverKey, startConsole } from './console-server.ts';
import { photograph } from './photograph.ts';
import { sendBatch } from './send.ts';
import { openPage } from './visitor.ts';

let server: ConsoleServer;
let browser: Browser;
let page: Page;
let troubles: string[];

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString();

beforeAll(async () => {
  server = await startConsole();
  browser = await launchBrowser();
  ({ page, troubles } = await openPage(browser));
  await page.goto(server.loginUrl());
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

describe('mother and son on one tablet', () => {
  it('a lane shows whose it was when, who said so, and takes a word back', async () => {
    await sendBatch(server.url, serverKey, [
      { type: 'login', ids: { device: 'tablet', user: 'mother' }, time: at(0) },
      { type: 'track', name: 'Read', ids: { device: 'tablet' }, time: at(5), insertId: 'read-1' },
      { type: 'logout', ids: { device: 'tablet' }, time: at(10) },
      { type: 'track', name: 'Played', ids: { device: 'tablet' }, time: at(180) },
      { type: 'login', ids: { device: 'tablet', user: 'son' }, time: at(300) },
      { type: 'track', name: 'Played', ids: { device: 'tablet' }, time: at(310) },
    ]);
    // From the mother’s own page, as support would come.
    await page.goto(`${server.url}/p/shop/people`);
    await page.getByRole('link', { name: 'mother' }).first().click();
    await page.getByRole('link', { name: 'tablet' }).click();
    await page.getByText('2 people had it').waitFor();
    const who = page.getByRole('table', { name: 'Whose it was, oldest first' });
    expect(await who.getByRole('rowheader').allTextContents()).toEqual([
      ' mother',
      ' a visit, Anonymous visitor',
      ' son',
    ]);
    await page.locator('.chart svg').waitFor();
    const words = page.getByRole('listitem').filter({ hasText: /log(in|out)/ });
    expect(await words.count()).toBe(3);
    expect(await violations(page)).toEqual([]);
    await photograph(page, 'device');
    // The son never used it: by the keyboard alone.
    const son = words.filter({ hasText: 'son' });
    await son.getByRole('button', { name: 'Take back…' }).press('Enter');
    await son.getByText('would be').waitFor();
    await page.getByLabel('Why').fill('he has his own');
    await page.getByLabel('Why').press('Enter');
    await page.getByText('was taken back').waitFor();
    await page.getByText('1 person had it').waitFor();
    await page.getByRole('button', { name: 'Put back' }).press('Enter');
    await page.getByText('2 people had it').waitFor();
    expect(troubles).toEqual([]);
  });

  it('the tablet is the son’s for good: looked at first, then pinned, then unpinned', async () => {
    await page.getByText('Move it, and pin it there').click();
    await page.getByLabel('Whose it is; empty: nobody’s').fill('user:son');
    await page.getByLabel('Whose it is; empty: nobody’s').press('Enter');
    await page.getByText('1 identifier would be somebody else’s').waitFor();
    await page.getByLabel('Why').fill('it is his');
    await page.getByLabel('Why').press('Enter');
    await page.getByText('Pinned to user:son').waitFor();
    await page.getByText('1 person had it').waitFor();
    expect(await violations(page)).toEqual([]);
    const pin = page.getByRole('listitem').filter({ hasText: '(T3)' });
    await pin.getByRole('button', { name: 'Take back…' }).press('Enter');
    await pin.getByLabel('Why').fill('it is shared after all');
    await pin.getByLabel('Why').press('Enter');
    await page.getByText('2 people had it').waitFor();
    expect(troubles).toEqual([]);
  });

  it('what keeps them apart is saved as a test, every value replaced, which selfsame test runs', async () => {
    await page.goto(`${server.url}/p/shop/explain?a=device:tablet&b=user:mother`);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a test' }).press('Enter');
    const file = await (await download).path();
    const text = readFileSync(file, 'utf8');
    expect(text).not.toMatch(/tablet|mother|\bson\b/);
    const cli = join(import.meta.dirname, '../../cli/bin/selfsame.js');
    const said = execFileSync(process.execPath, [cli, 'test', file], { encoding: 'utf8' });
    expect(said).toContain('1 passed, 0 failed');
    // And so is a person.
    await page.goto(`${server.url}/p/shop/people`);
    await page.getByRole('link', { name: 'mother' }).first().click();
    const second = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a test' }).click();
    const person = execFileSync(process.execPath, [cli, 'test', await (await second).path()], { encoding: 'utf8' });
    expect(person).toContain('1 passed, 0 failed');
    await page.getByRole('link', { name: 'tablet' }).click();
    await page.getByText('2 people had it').waitFor();
    expect(troubles).toEqual([]);
  });

  it('an identifier that nobody named is said to be one', async () => {
    await page.getByLabel('A device, or any other identifier').fill('device:unheard-of');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('Nobody ever named it').waitFor();
    // The page asks again after a while: how often is not said here.
    const answers = troubles.filter((one) => one.startsWith('answer'));
    expect(new Set(answers)).toEqual(new Set(['answer: 404 /v1/devices']));
    await page.goto(`${server.url}/p/shop`);
    troubles.length = 0;
  });
});

describe('whose is it, and why', () => {
  it('an event, from the timeline: why it is hers, and not his, by an address that can be shared', async () => {
    await page.goto(`${server.url}/p/shop/people`);
    await page.getByRole('link', { name: 'mother' }).first().click();
    await page.locator('.event-item', { hasText: 'Read' }).locator('summary').press('Enter');
    await page.getByRole('link', { name: 'Why theirs?' }).press('Enter');
    await page.getByText('Their event', { exact: true }).waitFor();
    const why = page.locator('.why');
    expect(await why.textContent()).toMatch(/Read.*hangs on devicetablet.*Theirs, because they logged in five minutes/);
    expect(new URL(page.url()).search).toBe('?event=read-1&a=user%3Amother');
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('The person, by an identifier').fill('user:son');
    await page.getByLabel('The person, by an identifier').press('Enter');
    await page.getByText('Not their event', { exact: true }).waitFor();
    expect(await why.textContent()).toMatch(/somebody else’s.*What would change it: a login there/);
    // As somebody who was sent the address sees it.
    await page.reload();
    await page.getByText('Not their event', { exact: true }).waitFor();
    expect(await page.getByLabel('The event’s insert id').inputValue()).toBe('read-1');
    expect(troubles).toEqual([]);
  });

  it('one identifier alone: whose it is, whose it was at a moment, and what would change it', async () => {
    await page.goto(`${server.url}/p/shop/explain`);
    await page.getByText('Why, and why not').waitFor();
    await page.getByRole('radio', { name: 'Two identifiers' }).press('ArrowRight');
    await page.getByLabel('The identifier').fill('device:tablet');
    await page.getByLabel('The identifier').press('Enter');
    await page.getByText('Somebody’s', { exact: true }).waitFor();
    const why = page.locator('.why');
    expect(await why.textContent()).toMatch(/named after userson.*What would change it: taking back what joined it/);
    expect(await violations(page)).toEqual([]);
    await photograph(page, 'explain-one');
    await page.getByLabel('At a moment').fill('2026-01-01T10:05:00');
    await page.getByLabel('At a moment').press('Enter');
    await why.getByText('they logged in five minutes before').first().waitFor();
    expect(await why.textContent()).toContain('named after usermother');
    await page.getByLabel('At a moment').fill('2026-01-01T13:00:00');
    await page.getByLabel('At a moment').press('Enter');
    await page.getByText('Nobody’s', { exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?a=device%3Atablet&at=2026-01-01T13%3A00%3A00.000Z');
    expect(troubles).toEqual([]);
  });

  it('what nobody named, one or both, and what no address can ask', async () => {
    const said = async (query: string) => {
      await page.goto(`${server.url}/p/shop/explain?${query}`);
      await page.locator('.why, .notice').first().waitFor();
      return (await page.locator('.why, .notice').first().textContent()) ?? '';
    };
    expect(await said('a=user:x1&b=user:x2')).toMatch(
      /^Never seen.*x1 or userx2.*What would change it: items that name/,
    );
    expect(await said('a=user:son&b=user:x2')).toMatch(/^Never seen.*x2\..*: an item that names it/);
    expect(await said('a=user:x1')).toMatch(/^Never seen.*x1\..*: an item that names it: .* nothing to explain/);
    expect(await said('event=none&a=user:son')).toMatch(/^Never seen.*an event none\..*: an event with this insert id/);
    expect(await said('event=read-1&a=user:son&b=user:mother')).toContain('one identifier, not with two');
    expect(await said('a=son')).toContain('An identifier is kind:value');
    expect(await said('a=user:son&at=noon')).toContain('The moment in the address is none');
    expect(troubles).toEqual([]);
    await page.goto(`${server.url}/p/shop`);
  });
});

describe('a tester’s QA id merged 200 customers', () => {
  it('find it, see how far it reaches, preview the cure, cure it, restore it', async () => {
    const customers = Array.from({ length: 200 }, (_, i) => `customer-${i}`);
    const DAY = 1_440;
    await sendBatch(server.url, serverKey, [
      ...customers.map((user, i) => ({ type: 'track', name: 'Bought', ids: { user }, time: at(i) })),
      ...customers.map((user, i) => ({
        type: 'merge',
        ids: [{ user: 'qa-tester' }, { user }],
        time: at(DAY * (1 + Math.floor(i / 18))),
      })),
    ]);
    await page.getByRole('link', { name: 'Suspicious' }).click();
    const [worst] = [
      page.getByRole('list', { name: 'Suspicious joins, the worst first' }).getByRole('listitem').first(),
    ];
    await worst.getByRole('heading', { name: 'Merged with many' }).waitFor();
    expect(await worst.textContent()).toContain('was merged with 200 others, 18 of them on');
    expect(await worst.textContent()).toContain('200 on the rest');
    expect(await violations(page)).toEqual([]);
    await photograph(page, 'suspicious');
    // By the keyboard alone.
    await worst.getByRole('button', { name: 'Take back…' }).press('Enter');
    await worst.getByText('1 of today’s people would be several').waitFor();
    // Of some days alone; of days on which nothing was said there is nothing to take back.
    await worst.getByLabel('From').fill('2020-01-01');
    await worst.getByLabel('to', { exact: true }).fill('2020-01-02');
    await worst.getByText('Nothing that can be taken back joined it then.').waitFor();
    expect(await worst.getByRole('button', { name: 'Take back', exact: true }).isDisabled()).toBe(true);
    await worst.getByLabel('From').fill('');
    await worst.getByLabel('to', { exact: true }).fill('');
    await worst.getByText('1 of today’s people would be several').waitFor();
    await page.getByLabel('Why').fill('a tester’s id');
    await page.getByLabel('Why').press('Enter');
    await page.getByText('What joined').waitFor();
    await page.getByRole('heading', { name: 'Nothing looks wrong' }).waitFor();
    await page.getByRole('button', { name: 'Put back' }).press('Enter');
    await worst.getByRole('heading', { name: 'Merged with many' }).waitFor();
    // As it was, it is cured for good.
    await worst.getByRole('button', { name: 'Take back…' }).press('Enter');
    await worst.getByText('1 of today’s people would be several').waitFor();
    await page.getByLabel('Why').fill('a tester’s id');
    await page.getByLabel('Why').press('Enter');
    await page.getByRole('heading', { name: 'Nothing looks wrong' }).waitFor();
    expect(troubles).toEqual([]);
  });

  it('the breaker quarantines a value that 101 customers share on one day, and lets it be once it is trusted', async () => {
    await sendBatch(
      server.url,
      serverKey,
      Array.from({ length: 101 }, (_, i) => ({
        type: 'login',
        ids: { user: `member-${i}`, email: 'club@example.com' },
        time: at(i),
      })),
    );
    await page.reload();
    const row = page.getByRole('listitem').filter({ hasText: 'club@example.com' });
    await row.getByText('quarantined', { exact: true }).waitFor();
    expect(await row.textContent()).toContain('101 people’s');
    // Its cure is what the breaker counted, and no more: by the keyboard, there and back.
    await row.getByRole('button', { name: 'Take back…' }).press('Enter');
    await row.getByText('Nothing anybody can see would change').or(row.getByText('would be')).first().waitFor();
    await row.getByText('All that joined it').click();
    await row.getByLabel('From').waitFor();
    await row.getByText('The days that were too much').click();
    await row.getByText('Nothing anybody can see would change').or(row.getByText('would be')).first().waitFor();
    await page.getByLabel('Why').fill('a faulty job');
    await page.getByLabel('Why').press('Enter');
    await page.getByText('What made the breaker quarantine').waitFor();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Put back' }).press('Enter');
    await row.getByText('quarantined', { exact: true }).waitFor();
    await row.getByRole('button', { name: 'It is meant to be shared…' }).press('Enter');
    await row.getByRole('button', { name: 'Trust it' }).press('Enter');
    await row.getByText('quarantined', { exact: true }).waitFor({ state: 'detached' });
    expect(await row.textContent()).not.toContain('breaker');
    expect(troubles).toEqual([]);
  });
});

describe('the identity room', () => {
  it('shows who joined when with a slider, the evidence of a link, and takes it back from there', async () => {
    await sendBatch(server.url, serverKey, [
      { type: 'login', ids: { user: 'eve', device: 'eve-phone' }, time: at(0) },
      { type: 'login', ids: { user: 'eve', device: 'eve-laptop' }, time: at(60) },
      { type: 'track', name: 'Seen', ids: { user: 'eva' }, time: at(100) },
      { type: 'merge', ids: [{ user: 'eve' }, { user: 'eva' }], time: at(120) },
    ]);
    await page.goto(`${server.url}/p/shop/identity?of=user:eve`);
    await page.getByText('4 identifiers.').waitFor();
    const links = page.getByRole('list', { name: 'Links, oldest first' }).getByRole('listitem');
    const joined = page.locator('.identity-node:not(.identity-apart)');
    expect([await links.count(), await joined.count()]).toEqual([3, 4]);
    expect(await violations(page)).toEqual([]);
    await photograph(page, 'identity');
    // By the keyboard: back to the beginning, then one word after the other.
    const time = page.getByLabel('Time');
    await time.press('Home');
    await page.getByText('Before the first word').waitFor();
    expect([await links.count(), await joined.count()]).toEqual([0, 1]);
    await time.press('ArrowRight');
    await page.getByText('1 of 3 links, as believed after entry').waitFor();
    // The log has answered what was believed there.
    const busy = page.locator('.identity-time[aria-busy="true"]');
    await busy.waitFor({ state: 'detached' });
    expect([await page.locator('.identity-line').count(), await joined.count()]).toEqual([1, 2]);
    await time.press('End');
    // A link in the picture and its row in the list say the same.
    await page.locator('.identity-link').first().dispatchEvent('click');
    const evidence = page.getByLabel('The chosen link');
    await evidence.getByText('eve-phone').waitFor();
    await links.nth(2).getByRole('button', { name: 'Why?' }).press('Enter');
    await evidence.getByText('An explicit merge').waitFor();
    await evidence.getByRole('button', { name: 'Take back…' }).press('Enter');
    await evidence.getByText('1 of today’s people would be several').waitFor();
    await evidence.getByLabel('Why').fill('two people');
    await evidence.getByLabel('Why').press('Enter');
    await page.getByText('was taken back').waitFor();
    await page.getByText('3 identifiers.').waitFor();
    await page.getByRole('button', { name: 'Put back' }).press('Enter');
    await page.getByText('4 identifiers.').waitFor();
    expect(troubles).toEqual([]);
  });

  it('500 identifiers: all in the picture and in the list', async () => {
    await sendBatch(
      server.url,
      serverKey,
      Array.from({ length: 480 }, (_, i) => ({
        type: 'login',
        ids: { user: 'collector', device: `collected-${i}` },
        time: at(i),
      })),
    );
    await page.goto(`${server.url}/p/shop/identity?of=user:collector`);
    await page.getByText('481 identifiers.').waitFor();
    expect(await page.locator('.identity-node').count()).toBe(481);
    expect(await page.getByRole('list', { name: 'Links, oldest first' }).getByRole('listitem').count()).toBe(480);
    await photograph(page, 'identity-500');
    expect(troubles).toEqual([]);
  });
});

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../../e2e/src/browser.ts';
import { type ConsoleServer, serverKey, startConsole } from './console-server.ts';
import { sendTraffic } from './send.ts';
import { shopTraffic } from './shop-traffic.ts';
import { openPage } from './visitor.ts';

const end = Date.UTC(2026, 2, 20);
/** The traffic lies in the past; questions ask for all of it. */
const always = 'range=all';
/** For what takes a request and a drawing, on a busy machine. */
const patient = { timeout: 60_000 };

let server: ConsoleServer;
let browser: Browser;
let page: Page;
let troubles: string[];

beforeAll(async () => {
  server = await startConsole();
  await sendTraffic(server.url, serverKey, shopTraffic(60, end));
  browser = await launchBrowser();
  ({ page, troubles } = await openPage(browser));
  await page.goto(server.loginUrl());
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

const open = (path: string) => page.goto(`${server.url}/p/shop${path}`);
const insight = async <T>(name: string, question: object): Promise<T> => {
  const answer = await fetch(`${server.url}/v1/insights/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${serverKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(question),
  });
  expect(answer.status, name).toBe(200);
  return (await answer.json()) as T;
};
/** The cells of the body of a table, by its caption. */
const cells = (caption: string) =>
  page
    .locator('table', { has: page.locator('caption', { hasText: caption }) })
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));

describe('questions', () => {
  it('a funnel shows the server’s numbers, and its address asks the same again', async () => {
    await open(`/funnel?step=Page+view&step=Sign+up&${always}`);
    const steps = [{ event: 'Page view' }, { event: 'Sign up' }];
    const answer = await insight<{ steps: { people: number }[] }>('funnel', { steps, window: 30 * 86_400_000 });
    await page.locator('.plot').waitFor();
    await page.getByText('In truth perhaps').waitFor();
    const rows = await cells('The funnel, step by step');
    expect(rows.map((row) => row[1])).toEqual(answer.steps.map(({ people }) => String(people)));
    expect(answer.steps[1]!.people).toBeGreaterThan(0);

    await page.getByRole('button', { name: 'Add a condition to step 1' }).click();
    await page.getByLabel('Property').selectOption('platform');
    await page.getByLabel('Comparison').selectOption('eq');
    await page.getByLabel('Value').fill('laptop');
    await page.keyboard.press('Enter');
    const filtered = await insight<{ steps: { people: number }[] }>('funnel', {
      steps: [{ event: 'Page view', where: [{ property: 'platform', op: 'eq', value: 'laptop' }] }, steps[1]],
    });
    expect(filtered.steps[0]!.people).toBeLessThan(answer.steps[0]!.people);
    await expect
      .poll(async () => (await cells('The funnel, step by step'))[0]?.[1], patient)
      .toBe(String(filtered.steps[0]!.people));
    await page.reload();
    await expect
      .poll(async () => (await cells('The funnel, step by step'))[0]?.[1], patient)
      .toBe(String(filtered.steps[0]!.people));
  });

  it('a funnel can be split, and says what counting devices would have said', async () => {
    await open(`/funnel?step=Page+view&step=Sign+up&by=property:platform&${always}`);
    await page.getByText('if devices were counted').waitFor();
    await page.locator('.legend', { hasText: 'phone' }).waitFor();
    expect((await cells('The funnel, split')).map((row) => row[0])).toContain('phone');
  });

  it('keeps each condition with its own value when another is taken out, and Back undoes it', async () => {
    await open(`/funnel?step=Page+view&step=Sign+up&step.if=0:platform:eq:"phone"&step.if=0:page:eq:"/"&${always}`);
    const values = () =>
      page.getByLabel('Value').evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    await expect.poll(values, patient).toEqual(['phone', '/']);
    await page.getByLabel('Remove the condition').first().click();
    await expect.poll(values, patient).toEqual(['/']);
    await page.getByLabel('Value').focus();
    await page.keyboard.press('Tab');
    await expect.poll(() => new URL(page.url()).searchParams.getAll('step.if')).toEqual(['0:page:eq:%22%2F%22']);
    await page.goBack();
    await expect.poll(values, patient).toEqual(['phone', '/']);
  });

  it('a number of a funnel shows whose it is', async () => {
    await open(`/funnel?step=Page+view&step=Sign+up&${always}`);
    await page.locator('.plot').waitFor();
    const [first] = await cells('The funnel, step by step');
    await page.getByRole('table').getByRole('button').nth(1).click();
    const group = page.getByRole('region', { name: 'People behind this figure' });
    await group.getByText('Went no further than 1. Page view').waitFor();
    await expect.poll(() => group.getByRole('link').count(), patient).toBe(Number(first?.[2]));
    // What one opened is in the address; Back closes it.
    expect(new URL(page.url()).searchParams.get('show')).toBe('dropped:1');
    await page.reload();
    await expect.poll(() => group.getByRole('link').count(), patient).toBe(Number(first?.[2]));
    await group.getByRole('button', { name: 'All who got here' }).click();
    await expect.poll(() => group.getByRole('link').count(), patient).toBe(Number(first?.[1]));
    await page.goBack();
    await group.getByText('Went no further than 1. Page view').waitFor();
    await group.getByRole('link').first().click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
  });

  it('a funnel and campaigns are compared with the time before', async () => {
    // The second half of the traffic's days, so that there is a first half.
    const half = 'from=2026-03-07&to=2026-03-20';
    const before = { from: '2026-02-21T00:00:00Z', to: '2026-03-07T00:00:00Z' };
    const steps = [{ event: 'Page view' }, { event: 'Sign up' }];
    const window = 30 * 86_400_000;
    const earlier = await insight<{ steps: { people: number }[] }>('funnel', { steps, window, ...before });
    expect(earlier.steps[1]!.people).toBeGreaterThan(0);
    await open(`/funnel?step=Page+view&step=Sign+up&${half}`);
    const figure = page.locator('.figure', { hasText: 'in the time before' });
    await figure.getByText(new RegExp(`^${earlier.steps[1]!.people} (person|people)$`)).waitFor();
    const earned = await insight<{ total: { conversions: number } }>('attribution', {
      conversion: { event: 'Purchase' },
      model: 'last-touch',
      ...before,
    });
    await open(`/campaigns?conversion=Purchase&${half}`);
    await figure.getByText(String(earned.total.conversions), { exact: true }).waitFor();
  });

  it('campaigns show who earned what', async () => {
    await open(`/campaigns?conversion=Purchase&revenue=revenue&${always}`);
    await page.locator('.plot').waitFor();
    const answer = await insight<{ rows: { touch: string | null; conversions: number; revenue: number }[] }>(
      'attribution',
      {
        conversion: { event: 'Purchase' },
        revenueProperty: 'revenue',
        model: 'last-touch',
      },
    );
    // Those that earned most stand first.
    const earned = answer.rows.toSorted((a, b) => b.revenue - a.revenue);
    const rows = await cells('Conversions by campaign');
    expect(rows.map((row) => row.slice(0, 2))).toEqual(
      earned.map(({ touch, conversions }) => [touch ?? '(no touch)', String(conversions)]),
    );
    expect(rows.map((row) => row[0])).toContain('trail-running');
  });

  it('retention and counts draw a chart and give the numbers as a table', async () => {
    await open(`/retention?first=Page+view&return=Page+view&${always}`);
    await page.locator('.plot').waitFor();
    expect((await cells('People of each cohort')).length).toBeGreaterThan(2);
    await open(`/counts?event=Purchase&count=events&${always}`);
    await page.locator('.plot').waitFor();
    const rows = await cells('Counts over time');
    const purchases = shopTraffic(60, end).filter(({ name }) => name === 'Purchase').length;
    expect(rows.reduce((sum, row) => sum + Number(row.at(-1)), 0)).toBe(purchases);
  });

  it('opened without an address ask about what happens most', async () => {
    for (const room of ['funnel', 'campaigns', 'retention', 'counts']) {
      await open(`/${room}?${always}`);
      await page.getByRole('region', { name: 'Answer' }).locator('table').first().waitFor();
    }
    expect(troubles).toEqual([]);
  });
});

describe('every figure', () => {
  // The second half of the traffic's days, so that there is a first half.
  const half = 'from=2026-03-07&to=2026-03-20';
  const now = { from: '2026-03-07T00:00:00Z', to: '2026-03-21T00:00:00Z' };
  const before = { from: '2026-02-21T00:00:00Z', to: '2026-03-07T00:00:00Z' };
  const behind = () => page.getByRole('region', { name: 'People behind this figure' });
  const listed = () => behind().getByRole('link').count();
  const figure = (label: string) => page.locator('.figure', { hasText: label });
  const table = (caption: string) => page.locator('table', { has: page.getByText(caption, { exact: true }) });
  const viewed = { event: 'Page view' };

  it('of counts stands beside the time before and says whose it is', async () => {
    interface Counted {
      readonly rows: readonly { readonly start: number; readonly people: number }[];
      readonly totals: readonly { readonly people: number }[];
    }
    const counted = (range: object) => insight<Counted>('counts', { events: [viewed], ...range });
    const [here, then] = [await counted(now), await counted(before)];
    await open(`/counts?event=Page+view&${half}`);
    const total = figure('Page view, people in all');
    await total.getByText(`${then.totals[0]!.people} in the time before, as long`).waitFor();
    expect(await total.getByRole('button').textContent()).toBe(String(here.totals[0]!.people));
    await page.locator('.plot [stroke-dasharray]').first().waitFor({ state: 'attached' });
    const last = here.rows.at(-1)!;
    const same = then.rows.find((row) => row.start === last.start - 14 * 86_400_000)?.people ?? 0;
    const [row] = await cells('Counts over time, latest first');
    expect(row?.slice(1, 4)).toEqual(['Page view', String(last.people), String(same)]);
    await table('Counts over time, latest first').locator('tbody tr').first().getByRole('button').click();
    await expect.poll(listed, patient).toBe(last.people);
    await total.getByRole('button').click();
    await expect.poll(listed, patient).toBe(here.totals[0]!.people);
    await page.goBack();
    await expect.poll(listed, patient).toBe(last.people);
    expect(troubles).toEqual([]);
  });

  it('of a retention is split by a trait, and names who came back and who did not', async () => {
    interface Cohorts {
      readonly rows: readonly { readonly people: number; readonly returned: readonly number[] }[];
    }
    const answer = await insight<Cohorts & { breakdown: (Cohorts & { value: string | null })[] }>('retention', {
      ...{ first: viewed, returning: viewed, interval: 'week', ...now, breakdown: { trait: 'plan' } },
    });
    const guests = answer.breakdown.find(({ value }) => value === 'guest')!.rows;
    const place = guests.findIndex(({ people, returned }) => returned[0]! > 0 && returned[0]! < people);
    const [{ people, returned }, came] = [guests[place]!, guests[place]!.returned[0]!];
    expect(returned.length).toBeGreaterThan(1);
    await open(`/retention?first=Page+view&return=Page+view&${half}`);
    await figure('came back in the next week').waitFor();
    await page.getByText('a share of people comes out low').waitFor();
    await figure('in the time before, as long').waitFor();
    await page.getByLabel('Split by').selectOption({ label: 'trait plan' });
    const rows = table('People of each cohort and how many came back').locator('tbody tr', { hasText: 'guest' });
    await rows.nth(place).getByRole('button').nth(1).click();
    await expect.poll(listed, patient).toBe(came);
    await behind().getByRole('button', { name: 'Those who did not' }).click();
    await expect.poll(listed, patient).toBe(people - came);
    expect(troubles).toEqual([]);
  });

  it('of a campaign is split by a trait, and names who converted and who only came', async () => {
    const question = { conversion: { event: 'Sign up' }, ...now };
    const by = { trait: 'city' };
    const answer = await insight<{ breakdown: { value: string; rows: { touch: string | null; people: number }[] }[] }>(
      'attribution',
      { ...question, breakdown: by },
    );
    const { value, rows } = answer.breakdown.find((one) => one.rows.some(({ touch }) => touch !== null))!;
    const { touch, people } = rows.find((one) => one.touch !== null)!;
    await open(`/campaigns?conversion=Sign+up&by=trait:city&${half}`);
    await page.getByText('4% to 27% of the revenue went to another campaign').waitFor();
    const row = table('Conversions by campaign, split').locator('tbody tr').filter({ hasText: value });
    await row.filter({ hasText: touch! }).getByRole('button').click();
    await expect.poll(listed, patient).toBe(people);
    await behind().getByRole('button', { name: 'Those who came by it and did not' }).click();
    await behind().getByText(`${touch} · ${value}: came, without Sign up`).waitFor();
    const dropped = await insight<{ people: unknown[] }>('attribution/people', {
      ...{ ...question, touch, part: 'dropped', limit: 200, split: { by, value } },
    });
    await expect.poll(listed, patient).toBe(dropped.people.length);
    expect(troubles).toEqual([]);
  });

  it('of a row of a split funnel names its people', async () => {
    const steps = [viewed, { event: 'Sign up' }];
    const answer = await insight<{ breakdown: { value: string; steps: { people: number }[] }[] }>('funnel', {
      ...{ steps, window: 30 * 86_400_000, ...now, breakdown: { trait: 'plan' } },
    });
    const { value, steps: reached } = answer.breakdown.find((one) => one.steps[1]!.people > 0)!;
    await open(`/funnel?step=Page+view&step=Sign+up&by=trait:plan&${half}`);
    const row = table('The funnel, split').locator('tbody tr', { hasText: value });
    await row.getByRole('button').nth(1).click();
    await expect.poll(listed, patient).toBe(reached[1]!.people);
    expect(troubles).toEqual([]);
  });
});

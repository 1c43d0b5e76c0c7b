import axe from 'axe-core';
import type { Page } from 'playwright-core';

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe knows of colours, of the rules it goes by unless told otherwise. */
export const ofColours: readonly string[] = ['color-contrast', 'link-in-text-block'];

/** Every barrier that axe knows on a page, or those by some of its rules alone, a line each. */
export async function violations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async (values) => {
    const { axe: here } = window as unknown as { axe: { run(options?: object): Promise<{ violations: Violation[] }> } };
    return (await here.run(values === undefined ? {} : { runOnly: { type: 'rule', values } })).violations;
  }, rules);
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

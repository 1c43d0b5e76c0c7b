import type { Page } from 'playwright-core';

/**
 * What cannot be read on a page though it is short: our own words and names of this traffic that are cut off, labels of
 * a chart that cover one another, letters of a picture that are too small, and a menu that is longer than its screen. Marks (▼) may cover one another, and a line
 * of many identifiers cuts them.
 */
export async function cutOff(page: Page): Promise<readonly string[]> {
  // A chart is drawn anew some moments after its width has changed.
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.chart')].every((box) => {
      const { paddingLeft, paddingRight } = getComputedStyle(box);
      const width = box.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
      return Math.abs(Number(box.querySelector('svg')?.getAttribute('width')) - width) <= 1;
    }),
  );
  return page.evaluate(() => {
    const all = <T extends Element>(selector: string) => [...document.querySelectorAll<T>(selector)];
    const cut = all<HTMLElement>(
      '.tag, .status, .wire, .chip, .button, .item-name, :not(.item-ids) > .id > .id-kind, .menu a, dt',
    )
      .filter((one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1)
      .map((one) => `cut off: ${one.textContent}`);
    const covered = all('.plot').flatMap((chart) => {
      const boxes = [...chart.querySelectorAll('text')]
        .filter((one) => !/^(▼.*)?$/s.test(one.textContent))
        .map((one) => ({ text: one.textContent, box: one.getBoundingClientRect() }));
      return boxes.flatMap(({ text, box }, i) =>
        boxes
          .slice(i + 1)
          .filter(
            ({ box: other }) =>
              Math.min(box.right, other.right) - Math.max(box.left, other.left) > 1 &&
              Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 1,
          )
          .map((other) => `covered: ${text} by ${other.text}`),
      );
    });
    const small = all('main svg text')
      .filter((one) => one.textContent !== '' && one.getBoundingClientRect().height < 9)
      .map((one) => `too small: ${one.textContent}`);
    const menu = document.querySelector('.side');
    const isLong = menu !== null && menu.scrollHeight > menu.clientHeight;
    return [...new Set([...cut, ...covered, ...small, ...(isLong ? ['the menu is longer than its screen'] : [])])];
  });
}

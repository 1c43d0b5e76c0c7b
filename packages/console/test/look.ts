import type { Page } from 'playwright-core';

/** What styles say, whatever fonts a machine has: nothing here depends on how wide a text is. Each with what it is where nobody says. */
const standing = {
  display: '',
  'flex-direction': 'row',
  'flex-wrap': 'nowrap',
  'row-gap': 'normal',
  'column-gap': 'normal',
  'background-color': 'rgba(0, 0, 0, 0)',
  'padding-top': '0px',
  'padding-right': '0px',
  'padding-bottom': '0px',
  'padding-left': '0px',
  'margin-top': '0px',
  'margin-bottom': '0px',
  'border-top-width': '0px',
  'border-top-style': 'none',
  'border-top-color': '',
  'border-top-left-radius': '0px',
  'text-decoration-line': 'none',
  'overflow-x': 'visible',
  opacity: '1',
};
/** What an element has of the one around it, unless it says otherwise. */
const inherited = ['color', 'font-size', 'font-weight', 'letter-spacing', 'text-align', 'white-space', 'cursor'];

/**
 * How everything in `scope` looks, a line a kind of element (its tag and classes, and those of the one around it): what
 * its styles say there. Kinds that look alike in every place have one line.
 */
export function lookOf(page: Page, scope: string): Promise<string> {
  return page.locator(scope).evaluate(
    (root, { standing, inherited }) => {
      const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
      /** A colour as bytes, in whatever notation a browser writes it. */
      const bytes = (colour: string): string => {
        paint.clearRect(0, 0, 1, 1);
        paint.fillStyle = colour;
        paint.fillRect(0, 0, 1, 1);
        return [...paint.getImageData(0, 0, 1, 1).data].join(' ');
      };
      const nameOf = (one: Element): string => [one.tagName.toLowerCase(), ...[...one.classList].sort()].join('.');
      const lineOf = (one: Element, around: Element | null): string => {
        const [style, outer] = [getComputedStyle(one), around && getComputedStyle(around)];
        const said = [...Object.entries(standing), ...inherited.map((name) => [name, outer?.getPropertyValue(name)])];
        const look = said.flatMap(([name = '', usual]) => {
          const value = style.getPropertyValue(name);
          if (value === usual || (name.startsWith('border-top-') && style.borderTopStyle === 'none')) return [];
          // A browser's own say, which differs with its version: Chromium 150 lets a select be visible, 156 clips it.
          if (name === 'overflow-x' && one.matches('input, select')) return [];
          return [`${name} ${name.endsWith('color') ? bytes(value) : value}`];
        });
        return `${around === null ? '' : `${nameOf(around)} > `}${nameOf(one)}: ${look.join('; ')}`;
      };
      const kinds = [...root.querySelectorAll('[class], th, td, select, input, summary, code, a, h2')];
      const lines = kinds.filter((one) => one.closest('svg') === null).map((one) => lineOf(one, one.parentElement));
      return [lineOf(root, null), ...[...new Set(lines)].sort()].join('\n');
    },
    { standing, inherited },
  );
}

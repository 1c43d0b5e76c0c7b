import type { PlotOptions } from '@observablehq/plot';
import { useEffect, useRef, useState } from 'react';

export type Plot = typeof import('./plot.ts');

/** The chart library, fetched when the first chart is shown. */
let library: Promise<Plot> | undefined;

/**
 * A chart by Observable Plot, redrawn when its data or its width change. `draw` must be stable between equal data
 * (`useCallback`). The chart is one picture to a screen reader; a table beside it holds the numbers.
 */
export function Chart({ label, draw }: { label: string; draw: (plot: Plot, width: number) => PlotOptions }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);

  useEffect(() => {
    if (box.current === null) return;
    const watch = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);

  useEffect(() => {
    if (width === 0) return;
    let stale = false;
    library ??= import('./plot.ts');
    void library.then((plot) => {
      if (stale || box.current === null) return;
      const chart = plot.plot({ width, className: 'plot', ...draw(plot, width) });
      // Plot puts its base rules into a style element, which our CSP forbids; parts.css holds them instead.
      for (const style of chart.querySelectorAll('style')) style.remove();
      // To assistive technology it is one picture; a label on a plain group is none to it.
      chart.setAttribute('aria-hidden', 'true');
      for (const part of chart.querySelectorAll('[aria-label]')) {
        part.setAttribute('data-part', part.getAttribute('aria-label') ?? '');
        part.removeAttribute('aria-label');
      }
      box.current.replaceChildren(chart);
    });
    return () => {
      stale = true;
    };
  }, [draw, width]);

  return <div className="chart" ref={box} role="img" aria-label={label} />;
}

/** What each colour of a chart stands for. */
export function Legend({ names }: { names: readonly string[] }) {
  return (
    <ul className="legend">
      {names.map((name, index) => (
        <li key={name}>
          <span className={`swatch hue-${index % 8}`} aria-hidden /> {name}
        </li>
      ))}
    </ul>
  );
}

/** The eight colours of things told apart by colour, in order; defined for light and dark in tokens.css. */
export const hues: readonly string[] = Array.from({ length: 8 }, (_, index) => `var(--hue-${index})`);

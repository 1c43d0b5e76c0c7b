import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const tokens = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const hues = (theme: 1 | 2): readonly string[] =>
  Array.from(
    { length: 8 },
    (_, n) => new RegExp(`--hue-${n}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(tokens)?.[theme] ?? '',
  );

type Triple = readonly [number, number, number];
const linear = (hex: string): Triple => {
  const part = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
};

/** What is left of a colour under deuteranopia (Machado, Oliveira and Fernandes, 2009). */
const deuteranopia = ([r, g, b]: Triple): Triple => {
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  return [
    clamp(0.367322 * r + 0.860646 * g - 0.227968 * b),
    clamp(0.280085 * r + 0.672501 * g + 0.047413 * b),
    clamp(-0.01182 * r + 0.04294 * g + 0.968881 * b),
  ];
};

/** CIELAB under D65. */
function lab([r, g, b]: Triple): Triple {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const difference = (a: Triple, b: Triple): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

describe.each([
  ['light', 1],
  ['dark', 2],
] as const)('in the %s theme', (_, theme) => {
  it.each([
    ['everybody', (colour: Triple) => colour],
    ['deuteranopes', deuteranopia],
  ])('colours that stand for things stay apart to %s', (_eye, seen) => {
    const colours = hues(theme).map((hex) => [hex, lab(seen(linear(hex)))] as const);
    for (const [i, [one, a]] of colours.entries())
      for (const [other, b] of colours.slice(0, i))
        expect({ one, other, apart: difference(a, b) >= 10 }).toEqual({ one, other, apart: true });
  });
});

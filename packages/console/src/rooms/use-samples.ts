import { useEffect, useState } from 'react';
import { keptSamples, type Sample } from './live-rates.ts';

/** How often counts are noted for their rates, ms. */
const sampleEvery = 2_500;

/** The counts of the last half minute; taken by the clock, for counts that stay the same are no new answer. */
export function useSamples<T>(stats: T | undefined): readonly Sample<T>[] {
  const [samples, setSamples] = useState<readonly Sample<T>[]>([]);
  useEffect(() => {
    if (stats === undefined) return;
    const take = () => setSamples((before) => keptSamples(before, { at: Date.now(), stats }));
    take();
    const timer = setInterval(take, sampleEvery);
    return () => clearInterval(timer);
  }, [stats]);
  return samples;
}

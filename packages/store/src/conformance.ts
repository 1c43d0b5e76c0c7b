import { describe, expect, it } from 'vitest';
import { brokenStores } from './conformance/broken.ts';
import type { Law, Place } from './conformance/law.ts';
import { laws } from './conformance/laws.ts';

const seed = Number(process.env['SELFSAME_SEED']);

const isAskedOf = ({ durable, shared }: Law, place: Place) =>
  (durable === undefined || place.durable) && (shared === undefined || place.shared === true);

/**
 * Every law of a store, and stores broken on purpose to see that each law bites.
 * `place` makes a fresh place for data; a test's whole conformance is one line.
 */
export function describeStore(name: string, place: () => Place): void {
  describe(`${name}: laws`, () => {
    console.log(`${name} store laws: SELFSAME_SEED=${seed}`);
    it.each(laws.filter((law) => isAskedOf(law, place())))('[$id] $says', (law) => law.check(place(), seed));
  });
  describe(`${name}: broken on purpose`, () => {
    it.each(brokenStores)('$caughtBy notices a store that $fault', async ({ caughtBy, breakIt }) => {
      const law = laws.find((one) => one.id === caughtBy);
      const real = place();
      const opened: { close(): Promise<void> }[] = [];
      const broken: Place = {
        durable: real.durable,
        choose: real.choose,
        async open() {
          const store = await real.open();
          opened.push(store);
          return breakIt(store);
        },
      };
      await expect(law?.check(broken, 7)).rejects.toThrow();
      for (const store of opened) await store.close();
    });
  });
}

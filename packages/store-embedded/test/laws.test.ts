import { describeStore } from '@selfsame/store/conformance';
import { rulesInForce } from '@selfsame/store/traffic';
import { openEmbeddedStore } from '../src/index.ts';
import type { Pace } from '../src/open-files.ts';
import { temporary } from './temporary.ts';

const embedded = (name: string, pace?: Partial<Pace>) =>
  describeStore(name, () => {
    let directory: string | undefined;
    const { rules, choose } = rulesInForce();
    const open = () =>
      openEmbeddedStore({
        directory: (directory ??= temporary()),
        rules,
        ...(pace === undefined ? {} : { pace }),
      });
    return { durable: true, choose, open };
  });

embedded('embedded');
embedded('embedded, whose graph is always written by the other thread, and insert ids in many generations', {
  entries: 20,
  bytes: 5_000,
  atOnce: 0,
  held: 5_000,
  keys: 10,
});

import { describeStore } from '@selfsame/store/conformance';
import { testRules } from '@selfsame/store/traffic';
import { openEmbeddedStore } from '../src/index.ts';
import { temporary } from './temporary.ts';

describeStore('embedded', () => {
  let directory: string | undefined;
  return { durable: true, open: () => openEmbeddedStore({ directory: (directory ??= temporary()), rules: testRules }) };
});

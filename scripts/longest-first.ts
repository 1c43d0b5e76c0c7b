import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, longest first: begun last, one of them would be waited for by a processor that has nothing else to do. */
const longest = [
  'store-embedded/test/kill.process.test.ts',
  'store-embedded/test/faults.process.test.ts',
  'cli/test/commands.process.test.ts',
  'cli/test/claims.process.test.ts',
  'cli/test/backup.process.test.ts',
  'cli/test/outputs.process.test.ts',
  'sdk-browser/test/guest.browser.test.ts',
  'console/test/console.browser.test.ts',
  'console/test/access.browser.test.ts',
  'console/test/hostile.browser.test.ts',
  'scripts/guides.browser.test.ts',
  'e2e/mixpanel-browser.browser.test.ts',
  'scripts/sdk-packages.browser.test.ts',
  'server/test/what-if.test.ts',
  'server/test/field/reading.test.ts',
  'identity/test/evidence.test.ts',
  'store-embedded/test/laws.test.ts',
  'identity/test/laws.test.ts',
  'identity/test/security-laws.test.ts',
  'outputs/test/proof.test.ts',
  'server/test/files.test.ts',
  'server/test/bodies.test.ts',
];

/** Vitest's own order, by what an earlier run took or else by size, after the files that are known to take long. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = longest.findIndex((file) => moduleId.endsWith(`/${file}`));
      return place < 0 ? longest.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

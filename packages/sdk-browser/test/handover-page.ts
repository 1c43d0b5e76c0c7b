/** A page that hands its visitors over; the test lends it a backend that signs. */
import { handover } from '../src/handover.ts';
import { createClient, type Options } from '../src/index.ts';

const start = (options: Options, domains: readonly string[]) => {
  const { sign } = window as unknown as { sign: (ids: object) => Promise<string> };
  Object.assign(window, { client: createClient({ ...options, plugins: [handover({ domains, sign })] }) });
};
Object.assign(window, { start });

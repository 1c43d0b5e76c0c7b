/** A page's own bundle with every shim: `startShim('mixpanel', { key, endpoint })`. */
import { mixpanel } from '../src/compat/mixpanel.ts';
import { mparticle } from '../src/compat/mparticle.ts';
import { segment } from '../src/compat/segment.ts';
import { vgs } from '../src/compat/vgs.ts';
import { xo } from '../src/compat/xo.ts';
import { createClient, type Options } from '../src/index.ts';

const shims = { mixpanel, mparticle, segment, vgs, xo };
const startShim = (name: keyof typeof shims, options: Options) => {
  const client = createClient({ ...options, plugins: [shims[name]()] });
  Object.assign(window, { client });
};
Object.assign(window, { startShim });

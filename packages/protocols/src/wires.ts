import { mixpanel } from './mixpanel/index.ts';
import { mparticle } from './mparticle/index.ts';
import { native } from './native/index.ts';
import { segment } from './segment/index.ts';
import { spid } from './spid/index.ts';
import type { Wire } from './wire.ts';
import { xo } from './xo/index.ts';

/** Every wire. One is added as a folder, and here. */
export const wires: readonly Wire[] = [native, mixpanel, mparticle, xo, spid, segment];

// `@attraqt/xo-js` has no build for browsers: this is what a page's bundler makes of it.
import * as xo from '@attraqt/xo-js';

window.xo = xo;

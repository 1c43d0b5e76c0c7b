import { createParts, install } from './page.ts';

/**
 * The script of `/xo/xo.js`. The page's code is functions without outer names, so their text is the script: it is typed
 * and linted like everything else, and needs no build.
 */
export const scriptText = `/* Selfsame: XO activities */\n(${install})(window, (${createParts})(window));\n`;

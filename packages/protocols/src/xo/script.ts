import { install } from './page.ts';

/**
 * The script of `/xo/xo.js`. The page's code is one function without outer names, so its text is the script: it is typed
 * and linted like everything else, and needs no build.
 */
export const scriptText = `/* Selfsame: XO activities */\n(${install})(window);\n`;

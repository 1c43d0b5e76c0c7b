import { script } from './jsonp.ts';
import { createEvents } from './page/events.ts';
import { createSpid } from './page/spid.ts';
import { createTalk } from './page/talk.ts';
import { createVgs } from './page/vgs.ts';

/**
 * The script: functions without outer names, so that their text is all it takes and there is no build.
 * Loaded twice (a tag manager and the page), or beside the original, it leaves what is there.
 */
const text = `/* Selfsame: SPiD */
(function (window) {
  if ((window.VGS && window.VGS.init) || (window.SPiD && window.SPiD.Talk)) return;
  const events = ${createEvents};
  const talk = (${createTalk})(window);
  window.VGS = (${createVgs})(window, talk, events(window));
  window.SPiD = (${createSpid})(talk, events(window));
  window.setTimeout(() => {
    if (window.vgsAsyncInit) window.vgsAsyncInit();
    if (window.asyncSPiD) window.asyncSPiD();
  }, 0);
})(window);
`;

/** Where pages load the vendor's hosted SDK, of any version: `/js/spid-sdk-1.7.9.min.js`. */
export const isScript = (path: string): boolean => /^\/js\/spid-sdk[\w.-]{0,40}\.js$/.test(path);

/** Our script of the same API. */
export const scriptReply = script(text, { 'cache-control': 'public, max-age=3600' });

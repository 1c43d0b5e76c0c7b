import type { WireReply } from '../protocol.ts';

/** A name that may be called (S33); anything else is dropped and the script calls nobody. */
export const callbackName = (text: string | undefined): string | undefined =>
  text !== undefined && /^[A-Za-z_$][\w$.]{0,63}$/.test(text) ? text : undefined;

/** JSON that is safe inside a script. */
export const scriptJson = (value: object): string =>
  JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

/**
 * The answer script both generations of the browser SDK understand: 1.x polls for `triggerResponse` and runs it, 2.x
 * listens at `SPiD.Talk.response`. Always status 200: a browser does not run a script of any other (sheet §2).
 */
export function scriptAnswer(callback: string | undefined, value: object, cookies: readonly string[] = []): WireReply {
  const headers = {
    'content-type': 'application/javascript; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }),
  };
  const name = callbackName(callback);
  if (name === undefined) return { status: 200, headers, body: '/* no callback */' };
  const call = JSON.stringify(name);
  const body = [
    '(function () {',
    `  var answer = ${scriptJson(value)};`,
    '  window.triggerResponse = function () {',
    `    window.VGS.callbacks[${call}](answer);`,
    '    window.VGS.Ajax.responseReceived();',
    '  };',
    '  var talk = window.SPiD && window.SPiD.Talk;',
    `  if (talk && talk.response) talk.response(${call}, answer);`,
    '})();',
  ].join('\n');
  return { status: 200, headers, body };
}

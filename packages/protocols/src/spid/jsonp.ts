import type { WireReply } from '../protocol.ts';

/** A name that may be called (S33); anything else is dropped, and the script calls nobody. */
export const callbackName = (text: string | undefined): string | undefined =>
  text !== undefined && /^[A-Za-z_$][\w$.]{0,63}$/.test(text) ? text : undefined;

/** JSON that is safe inside a script. */
export const scriptJson = (value: object): string =>
  JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

/** A script for a browser; always status 200, as it runs none of any other. */
export const script = (body: string, headers: WireReply['headers'] = {}): WireReply => ({
  status: 200,
  headers: {
    'content-type': 'application/javascript; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  },
  body,
});

/**
 * The answer script both generations of the browser SDK understand: 1.x polls for `triggerResponse` and runs it, 2.x
 * listens at `SPiD.Talk.response`.
 */
export function scriptAnswer(callback: string | undefined, value: object, cookies: readonly string[] = []): WireReply {
  const name = callbackName(callback);
  // Without this function 1.x would wait for its time-out and drop the requests behind this one, so a call without a
  // callback gets it too, and a callback that throws does not keep 1.x from going on.
  const told = [
    '  window.triggerResponse = function () {',
    '    try {',
    ...(name === undefined ? [] : [`      window.VGS.callbacks[${JSON.stringify(name)}](answer);`]),
    '    } finally {',
    '      window.VGS.Ajax.responseReceived();',
    '    }',
    '  };',
  ];
  const talked = [
    '  var talk = window.SPiD && window.SPiD.Talk;',
    `  if (talk && talk.response) talk.response(${JSON.stringify(name)}, answer);`,
  ];
  const body = [
    '(function () {',
    ...(name === undefined ? [] : [`  var answer = ${scriptJson(value)};`]),
    ...told,
    ...(name === undefined ? [] : talked),
    '})();',
  ].join('\n');
  return script(body, cookies.length === 0 ? {} : { 'set-cookie': cookies });
}

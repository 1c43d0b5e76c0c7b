import type { Template } from './template.ts';

/** Why a call is not covered by what a template declares, or nothing. */
export type Refusal = string | undefined;

type Check = (values: Readonly<Record<string, unknown>>, args: readonly unknown[]) => boolean;

interface Need {
  readonly permission: string;
  readonly allows: Check;
}

interface Global {
  readonly key: string;
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
}

const always: Check = () => true;
const global =
  (...ways: readonly ('read' | 'write' | 'execute')[]): Check =>
  ({ keys }, [name]) =>
    (keys as readonly Global[]).some((one) => one.key === name && ways.every((way) => one[way]));
/** `*` stands for anything in one place; the host and the path are compared apart, as the sandbox does. */
const matches = (pattern: string, url: string): boolean => {
  const regex = pattern
    .split('*')
    .map((part) => part.replace(/[.?+^${}()|[\]\\]/g, '\\$&'))
    .join('[^?#]*');
  return new RegExp(`^${regex}$`).test(url);
};
const url: Check = ({ urls, allowedUrls }, [given]) =>
  allowedUrls === 'any' || (urls as readonly string[]).some((pattern) => matches(pattern, String(given)));
const request =
  (what: string): Check =>
  (values) =>
    values['requestAccess'] === 'any' || values[what] === true;

const response =
  (what: string): Check =>
  (values) =>
    values['writeResponseAccess'] === 'any' || values[what] === true;
const header: Check = (values, [name]) =>
  values['writeResponseAccess'] === 'any' ||
  (values['writeHeadersAllowed'] === true &&
    (values['writeHeaderAccess'] === 'any' ||
      ((values['writeHeaderWhitelist'] ?? []) as readonly { headerName: string }[]).some(
        ({ headerName }) => headerName.toLowerCase() === String(name).toLowerCase(),
      )));

/** What a sandboxed API needs; one that is not here needs nothing. Source: the API's public reference. */
const needs: Readonly<Record<string, Need>> = {
  logToConsole: { permission: 'logging', allows: always },
  createQueue: { permission: 'access_globals', allows: global('read', 'write') },
  copyFromWindow: { permission: 'access_globals', allows: global('read') },
  setInWindow: { permission: 'access_globals', allows: global('read', 'write') },
  callInWindow: { permission: 'access_globals', allows: global('execute') },
  injectScript: { permission: 'inject_script', allows: url },
  getRequestPath: { permission: 'read_request', allows: request('pathAllowed') },
  getRequestBody: { permission: 'read_request', allows: request('bodyAllowed') },
  setResponseStatus: { permission: 'access_response', allows: response('writeStatusAllowed') },
  setResponseBody: { permission: 'access_response', allows: response('writeBodyAllowed') },
  setResponseHeader: { permission: 'access_response', allows: header },
  getRequestHeader: { permission: 'read_request', allows: request('headersAllowed') },
  getCookieValues: { permission: 'get_cookies', allows: always },
  getRemoteAddress: { permission: 'read_request', allows: request('remoteAddressAllowed') },
  returnResponse: { permission: 'return_response', allows: always },
  runContainer: { permission: 'run_container', allows: always },
  sendHttpRequest: { permission: 'send_http', allows: url },
  getAllEventData: { permission: 'read_event_data', allows: ({ eventDataAccess }) => eventDataAccess === 'any' },
};

/** Does a template declare what this call needs? */
export function refusalOf(template: Template, api: string, args: readonly unknown[]): Refusal {
  const need = needs[api];
  if (need === undefined) return undefined;
  const declared = template.permissions.filter((one) => one.id === need.permission);
  if (declared.length === 0) return `${api} needs the permission ${need.permission}, which is not declared`;
  if (declared.some((one) => need.allows(one.values, args))) return undefined;
  return `${api}(${String(args[0])}) is outside of what the permission ${need.permission} declares`;
}

/** Declared permissions that no call of the template can need. */
export const unneeded = (template: Template): readonly string[] =>
  template.permissions
    .map((one) => one.id)
    .filter(
      (id) =>
        !Object.entries(needs).some(([api, need]) => need.permission === id && template.code.includes(`'${api}'`)),
    );

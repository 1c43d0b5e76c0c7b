import { decodePercent } from '../percent.ts';
import type { WireRequest } from '../protocol.ts';

/** The REST API's endpoints as the vendor's documentation and our settings name them. */
export const endpointNames = [
  'GET user/{userId}/traits',
  'POST user/{userId}/traits',
  'DELETE user/{userId}/trait/{trait}',
] as const;

export type EndpointName = (typeof endpointNames)[number];

/** An endpoint with what its path names. */
export type Endpoint =
  | {
      readonly name: 'GET user/{userId}/traits' | 'POST user/{userId}/traits';
      readonly userId: string;
      readonly trait?: string;
    }
  | { readonly name: 'DELETE user/{userId}/trait/{trait}'; readonly userId: string; readonly trait: string };

/**
 * The endpoint of the REST API that a request is for, or undefined: `/api/2/user/{id}/traits`, `…/trait/{name}`, with
 * or without the version, `.json` or `.jsonp`. The vendor prints `trait` and `traits` for one, so both are the same.
 */
export function endpointOf(request: WireRequest): Endpoint | undefined {
  const match = /^\/api(?:\/2)?\/user\/([^/]+)\/traits?(?:\/([^/]+?))?(?:\.jsonp?)?\/?$/.exec(request.path);
  if (match === null) return undefined;
  const userId = decodePercent(match[1] ?? '');
  const trait = match[2] === undefined ? undefined : decodePercent(match[2]);
  switch (methodOf(request)) {
    case 'GET':
      return { name: 'GET user/{userId}/traits', userId, ...(trait === undefined ? {} : { trait }) };
    case 'POST':
      return trait === undefined ? { name: 'POST user/{userId}/traits', userId } : undefined;
    case 'DELETE':
      return trait === undefined ? undefined : { name: 'DELETE user/{userId}/trait/{trait}', userId, trait };
    default:
      return undefined;
  }
}

/** The PHP SDK says its method in the query of a POST; elsewhere the query is not asked. */
function methodOf(request: WireRequest): string {
  const said = request.query.get('method')?.[0]?.toUpperCase();
  return request.method === 'POST' && said !== undefined ? said : request.method;
}

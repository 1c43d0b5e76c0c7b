import { readForm } from '../form.ts';
import type { WireRequest } from '../protocol.ts';

/** A parameter of the REST API or of OAuth: a field of the form, else of the query. */
export const parameter = (request: WireRequest, name: string): string | undefined =>
  formOf(request).get(name) ?? request.query.get(name)?.[0];

/** The fields of the form that a request carries; none for a GET. */
export const formOf = (request: WireRequest): ReadonlyMap<string, string> =>
  request.method === 'GET' ? new Map() : readForm(new TextDecoder('utf-8').decode(request.body));

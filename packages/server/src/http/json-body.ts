import { parseJson } from '@selfsame/protocols';
import type { FastifyInstance } from 'fastify';

/** A body that is not the JSON we take. Its message quotes nothing of it (S40). */
class BadJson extends Error {
  readonly statusCode = 400;
}

/** Reads bodies of the API as the wires do: depth, keys and numbers checked before anything recursive sees them (S19, S20). */
export function readJsonStrictly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    // A page that sends a JSON content type and no body (DELETE) means nothing by it.
    if (body.length === 0) return done(null, null);
    const parsed = parseJson(body as Buffer);
    if ('problem' in parsed) done(new BadJson(parsed.message));
    else done(null, parsed.value);
  });
}

import { parseJson } from '@selfsame/protocols';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type BodyOptions, readBody } from './request-body.ts';

/** A body that is not the JSON we take, or was not read. Its message quotes nothing of it (S40). */
export class BadBody extends Error {
  readonly statusCode: number;
  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/**
 * Reads bodies of the API as the wires do: from the same budget of memory (G12), and depth, keys and numbers checked
 * before anything recursive sees them (S19, S20).
 */
export function readJsonStrictly(app: FastifyInstance, options: BodyOptions): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', async (request: FastifyRequest) => {
    const body = await readBody(request.raw, options);
    if (body === 'gone') throw new BadBody(400, 'the client went away');
    if ('status' in body) throw new BadBody(body.status, body.message);
    body.hold?.release();
    // A page that sends a JSON content type and no body (DELETE) means nothing by it.
    if (body.bytes.length === 0) return null;
    const parsed = parseJson(body.bytes);
    if ('problem' in parsed) throw new BadBody(400, parsed.message);
    return parsed.value;
  });
}

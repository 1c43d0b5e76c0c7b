import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';

/** Placeholder until the routes of the native API are written. */
export async function registerNativeRoutes(_app: FastifyInstance, _context: ServerContext): Promise<void> {}

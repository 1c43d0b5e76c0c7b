import type { FastifyReply } from 'fastify';
import type { ApiError } from '../api.ts';

/** Why a request is turned away. Neither field ever holds an identifier or a key (S40). */
export interface Refusal {
  readonly type: 'refused';
  readonly status: number;
  /** Stable, for programs. */
  readonly code: string;
  /** One sentence for people: what was wrong and what to do. */
  readonly message: string;
}

export const refusal = (status: number, code: string, message: string): Refusal => ({
  type: 'refused',
  status,
  code,
  message,
});

/** The body of every error of the native API. */
export const errorBody = (code: string, message: string, requestId: string): ApiError => ({
  error: { code, message, requestId },
});

/** Answers a refusal in the native API's shape. A busy server says when to come back (G12). */
export function sendRefusal(reply: FastifyReply, { status, code, message }: Omit<Refusal, 'type'>): FastifyReply {
  if (status === 429 || status === 503) reply.header('retry-after', '1');
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return reply.code(status).send(errorBody(code, message, reply.request.id));
}

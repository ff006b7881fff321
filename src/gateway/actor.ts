import type { FastifyRequest } from 'fastify';
import { Problem } from './problem';

declare module 'fastify' {
  interface FastifyRequest {
    /** The API key's name: the actor of whatever it asks for. */
    actor?: string;
  }
}

/** The actor of an authenticated request. */
export function actorOf(request: FastifyRequest): string {
  if (!request.actor) throw unauthenticated('Send an API key: Authorization: Bearer <key>.');
  return request.actor;
}

export function unauthenticated(detail: string): Problem {
  return new Problem({ status: 401, code: 'unauthenticated', detail, headers: { 'www-authenticate': 'Bearer' } });
}

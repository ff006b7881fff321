import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { ApiKey, ApiRole } from '../config';
import { Problem } from './problem';

declare module 'fastify' {
  interface FastifyRequest {
    /** The API key's name: the actor of whatever it asks for. */
    actor?: string;
  }
}

/** What a role may do; `operator` may do all that `backend` may. */
export const READERS = ['backend', 'operator', 'finance'] as const satisfies readonly ApiRole[];
export const BACKENDS = ['backend', 'operator'] as const satisfies readonly ApiRole[];
export const OPERATORS = ['operator'] as const satisfies readonly ApiRole[];

/**
 * A hook that lets in who brings a key with one of the roles. It runs before the body is read.
 * Keys are compared by hash, each with each in constant time: neither length nor position of a difference can be measured.
 */
export function requireRole(keys: readonly ApiKey[], roles: readonly ApiRole[]): onRequestHookHandler {
  const hashes = keys.map((key) => ({ key, hash: Buffer.from(key.sha256, 'hex') }));
  return (request, _reply, done) => {
    const given = createHash('sha256').update(bearer(request)).digest();
    let found: ApiKey | undefined;
    for (const { key, hash } of hashes) if (timingSafeEqual(hash, given)) found = key;
    if (!found) return done(unauthenticated('The API key is not known.'));
    request.actor = found.name;
    if (!found.roles.some((role) => roles.includes(role))) {
      return done(forbidden(`The key "${found.name}" has none of the roles ${roles.join(', ')}.`));
    }
    done();
  };
}

function bearer(request: FastifyRequest): string {
  const [, token] = /^Bearer +([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (!token) throw unauthenticated('Send an API key: Authorization: Bearer <key>.');
  return token;
}

function unauthenticated(detail: string): Problem {
  return new Problem({ status: 401, code: 'unauthenticated', detail, headers: { 'www-authenticate': 'Bearer' } });
}

function forbidden(detail: string): Problem {
  return new Problem({ status: 403, code: 'forbidden', detail });
}

/** The actor of an authenticated request. */
export function actorOf(request: FastifyRequest): string {
  if (!request.actor) throw unauthenticated('Send an API key: Authorization: Bearer <key>.');
  return request.actor;
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { ApiKey, ApiRole, ApiScope } from '../config';
import { unauthenticated } from './actor';
import { Problem } from './problem';

export { actorOf } from './actor';

/** What a role may do; `operator` may do all that `backend` may. */
export const READERS = ['backend', 'operator', 'finance'] as const satisfies readonly ApiRole[];
export const BACKENDS = ['backend', 'operator'] as const satisfies readonly ApiRole[];
export const OPERATORS = ['operator'] as const satisfies readonly ApiRole[];

/**
 * A hook that lets in who brings a key with one of the roles, and with the scope where one is asked for. It runs before the body is read.
 * Keys are compared by hash, each with each in constant time: neither length nor position of a difference can be measured.
 *
 * Requests are counted here, where it is known whose they are. A known key is never refused for what others do from its address.
 */
export function requireRole(
  keys: readonly ApiKey[],
  roles: readonly ApiRole[],
  scope?: ApiScope,
): onRequestAsyncHookHandler {
  const hashes = keys.map((key) => ({ key, hash: Buffer.from(key.sha256, 'hex') }));
  return async (request, reply) => {
    const { limits } = request.server;
    const token = bearer(request);
    const found = token === undefined ? undefined : keyBy(hashes, token);
    if (!found) {
      await limits.byAddress(request, reply);
      throw unauthenticated(
        token === undefined ? 'Send an API key: Authorization: Bearer <key>.' : 'The API key is not known.',
      );
    }
    request.actor = found.name;
    await limits.byKey(request, reply);
    if (!found.roles.some((role) => roles.includes(role)))
      throw forbidden(`The key "${found.name}" has none of the roles ${roles.join(', ')}.`);
    if (scope !== undefined && !found.roles.includes(scope))
      throw forbidden(`The key "${found.name}" has not the scope ${scope}.`);
  };
}

function keyBy(hashes: readonly { readonly key: ApiKey; readonly hash: Buffer }[], token: string): ApiKey | undefined {
  const given = createHash('sha256').update(token).digest();
  let found: ApiKey | undefined;
  for (const { key, hash } of hashes) if (timingSafeEqual(hash, given)) found = key;
  return found;
}

function bearer(request: FastifyRequest): string | undefined {
  return /^Bearer +([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function forbidden(detail: string): Problem {
  return new Problem({ status: 403, code: 'forbidden', detail });
}

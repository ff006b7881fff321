/** Only JSON is taken: a form or a script of another site can send everything else without asking, and whoever opened that site would approve audits by it. */
import type { FastifyRequest } from 'fastify';
import { ControlError } from './input';

const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** @throws ControlError 415 */
export async function requireJson({ method, headers }: FastifyRequest): Promise<void> {
  // Browsers ask the server before they send a DELETE across sites, and it does not agree.
  if (method !== 'POST' && method !== 'PUT') return;
  const type = headers['content-type'];
  if (type !== undefined && JSON_TYPE.test(type)) return;
  throw new ControlError(415, `Content-Type is ${type ?? 'missing'}: send application/json, also without a body`);
}

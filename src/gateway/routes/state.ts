import type { FastifyReply, FastifyRequest } from 'fastify';
import { fingerprint } from '../../client/index';
import type { FlowState } from '../../messages';

/** The state with its fingerprint as ETag: `If-None-Match` with `?wait=` waits for whatever that state is not. */
export function sendState(reply: FastifyReply, state: FlowState, status = 200): FastifyReply {
  return reply
    .code(status)
    .headers({ etag: `"${fingerprint(state)}"`, 'cache-control': 'no-store' })
    .send(state);
}

/** What the caller has seen; undefined when it does not say. */
export function seenBy(request: FastifyRequest): string | undefined {
  return /^(?:W\/)?"([0-9a-f]{32})"$/.exec(request.headers['if-none-match'] ?? '')?.[1];
}

/** Ends when the caller is gone or the gateway closes: a long poll must hold up neither. */
export function patience(reply: FastifyReply, closing: AbortSignal): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return AbortSignal.any([gone.signal, closing]);
}

/**
 * How often the API may be asked: by each key, and by each address that brings none. In memory, so that each gateway counts for itself;
 * FalPay's callbacks and what machines ask of the process are never counted.
 */
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from './actor';
import { Problem } from './problem';

const MINUTE_MS = 60_000;
/** What one address may ask without a known key, wrong keys included; a tenth of a key's own limit where that is more. */
const STRANGERS = 60;
/** Cards that one key may show in a minute, whatever the other limits are: more is no person looking at a card. */
const REVEALS = 30;

/** Each counts the request, tells how many are left, and refuses what is too much. @throws Problem 429 */
export interface RateLimits {
  byKey(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  byAddress(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  reveals(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly limits: RateLimits;
  }
}

/** @param perMinute requests of one key; 0: as many as it likes, and strangers too */
export function limitRates(app: FastifyInstance, perMinute: number): void {
  void app.register(rateLimit, { global: false });
  void app.after(() => {
    // By the name of the key: it stays when the key is replaced.
    const byName = { timeWindow: MINUTE_MS, keyGenerator: actorOf };
    const limits: RateLimits = {
      byKey: perMinute === 0 ? unlimited : counted(app, { max: perMinute, ...byName }),
      // By default the key is the address, an IPv6 one by its network.
      byAddress:
        perMinute === 0
          ? unlimited
          : counted(app, { max: Math.max(STRANGERS, Math.ceil(perMinute / 10)), timeWindow: MINUTE_MS }),
      reveals: counted(app, { max: perMinute === 0 ? REVEALS : Math.min(REVEALS, perMinute), ...byName }),
    };
    app.decorate('limits', limits);
  });
}

const unlimited = async (): Promise<void> => undefined;

function counted(app: FastifyInstance, options: Parameters<FastifyInstance['createRateLimit']>[0]) {
  const count = app.createRateLimit(options);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const counted = await count(request);
    if (counted.isAllowed) return;
    const { max, remaining, ttlInSeconds, isExceeded } = counted;
    const told = {
      'ratelimit-limit': String(max),
      'ratelimit-remaining': String(remaining),
      'ratelimit-reset': String(ttlInSeconds),
    };
    reply.headers(told);
    if (isExceeded) throw tooMany(max, ttlInSeconds);
  };
}

function tooMany(max: number, seconds: number): Problem {
  return new Problem({
    status: 429,
    code: 'rate-limited',
    detail: `More than ${max} requests in a minute; the next may come in ${seconds} s.`,
    headers: { 'retry-after': String(seconds) },
  });
}

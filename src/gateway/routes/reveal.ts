import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { problems, revealAnswer, type RevealedCard } from '../answers';
import { READERS, requireRole } from '../auth';
import type { GatewayDeps } from '../deps';
import { problemOf } from '../error-handler';
import { known } from '../known';
import { Problem } from '../problem';
import { falpayIdParams, revealBody } from '../schemas';

/** A card that is not issued has no number to show. */
const NOT_ISSUED: ReadonlySet<string> = new Set(['PENDING', 'FAILED']);

/**
 * `POST /v1/cards/{id}/reveal`: the one way by which a card's number leaves Cardflow. It goes from FalPay to the answer and nowhere else.
 * Each attempt leaves one line in the log, whatever came of it, and the line is written before the number is sent.
 */
export function revealRoute(instance: FastifyInstance, { falpay, apiKeys, log }: GatewayDeps): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const audit = auditLog(log);

  app.post(
    '/v1/cards/:id/reveal',
    {
      onRequest: [
        async (_request, reply) => void reply.header('pragma', 'no-cache'),
        requireRole(apiKeys, READERS, 'card:reveal'),
        (request, reply) => request.server.limits.reveals(request, reply),
      ],
      onError: async (request, _reply, error) => {
        const { status, code } = problemOf(error);
        audit(request, status < 500 ? 'refused' : 'failed', code);
      },
      schema: {
        tags: ['cards'],
        summary: 'Show a card’s number and CVV to its holder; needs the scope card:reveal',
        description:
          'Every attempt is audited: who, which card, why. Show the answer at once and keep it nowhere. At most 30 a minute for each key.',
        params: falpayIdParams,
        body: revealBody,
        response: {
          200: revealAnswer,
          ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 502, 503),
        },
      },
    },
    async (request): Promise<RevealedCard> => {
      const cardId = request.params.id;
      // First by the model that has no secrets: of a card that is not there, or not issued, none are ever held.
      const { status } = await known('card', falpay.getCard({ cardId }));
      if (NOT_ISSUED.has(status)) throw notIssued(status);
      const { cardNo, cvv, expiry } = await known('card', falpay.unsafeGetCardWithSecrets({ cardId }));
      audit(request, 'revealed');
      return { cardId, cardNo, cvv, ...(expiry !== undefined && { expiry }) };
    },
  );
}

function notIssued(status: string): Problem {
  return new Problem({
    status: 409,
    code: 'card-not-issued',
    detail: `The card is ${status}: it has no number to show.`,
  });
}

/** Written at every level of the log: a quiet gateway must not be one that nobody can audit. */
function auditLog(log: Logger) {
  const lines = log.level === 'silent' ? log : log.child({}, { level: 'info' });
  return (request: FastifyRequest, outcome: 'revealed' | 'refused' | 'failed', code?: string): void => {
    // What was refused may be anything: only what passes is written down.
    const cardId = falpayIdParams.safeParse(request.params).data?.id;
    const reason = revealBody.safeParse(request.body).data?.reason;
    const told = { requestId: request.id, key: request.actor, address: request.ip, cardId, reason, outcome, code };
    lines.info({ audit: 'card-reveal', ...told }, 'card reveal');
  };
}

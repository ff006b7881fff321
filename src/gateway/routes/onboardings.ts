import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { setTimeout as pause } from 'node:timers/promises';
import { FlowNotFoundError, InvalidInputError, onboardingBody } from '../../client/index';
import type { FieldIssue } from '../../client/index';
import type { OnboardingBody, Patch } from '../../messages';
import { flowStateAnswer, problems } from '../answers';
import { actorOf, BACKENDS, READERS, requireRole } from '../auth';
import { binIssues, type CardBins } from '../bins';
import type { GatewayDeps } from '../deps';
import { Problem } from '../problem';
import { cancelBody, correctionBody, onboardingParams, waitQuery } from '../schemas';
import { patience, seenBy, sendState } from './state';

/** A start does not wait longer than this for FalPay's list of BINs: the flow checks again. */
const BINS_LIMIT_MS = 2_000;
const TAGS = ['onboardings'];

/** `/v1/onboardings/{merchantOrderNo}`: start once, read, correct, cancel. */
export function onboardingRoutes(
  instance: FastifyInstance,
  { cardflow, apiKeys }: GatewayDeps,
  { bins, closing }: { readonly bins: CardBins; readonly closing: AbortSignal },
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const url = '/v1/onboardings/:merchantOrderNo';

  app.put(
    url,
    {
      onRequest: requireRole(apiKeys, BACKENDS),
      schema: {
        tags: TAGS,
        summary: 'Start an onboarding once',
        description: '201 started, 200 the same body again, 409 the number is taken by another body, 422 invalid.',
        params: onboardingParams,
        body: onboardingBody,
        response: { 200: flowStateAnswer, 201: flowStateAnswer, ...problems(400, 401, 403, 409, 422, 503) },
      },
    },
    async ({ params: { merchantOrderNo }, body }, reply) => {
      const issues = await asksForBadBins(body);
      // BINs come and go: a flow that exists already was checked when it started, and must go on answering "same".
      if (issues.length > 0 && !(await exists(merchantOrderNo))) throw new InvalidInputError(issues);
      const { outcome, state } = await cardflow.startOnboarding(merchantOrderNo, body);
      if (outcome === 'different') throw taken(merchantOrderNo);
      if (outcome === 'started') reply.header('location', `/v1/onboardings/${merchantOrderNo}`);
      return sendState(reply, state, outcome === 'started' ? 201 : 200);
    },
  );

  app.get(
    url,
    {
      onRequest: requireRole(apiKeys, READERS),
      schema: {
        tags: TAGS,
        summary: 'Read the state; with ?wait= the next one',
        params: onboardingParams,
        querystring: waitQuery,
        response: { 200: flowStateAnswer, ...problems(401, 403, 404, 422, 503) },
      },
    },
    async (request, reply) => {
      const { merchantOrderNo } = request.params;
      const { wait } = request.query;
      if (!wait) return sendState(reply, await cardflow.state('onboarding', merchantOrderNo));
      const signal = patience(reply, closing);
      const state = await cardflow.waitForChange('onboarding', merchantOrderNo, {
        ms: wait,
        since: seenBy(request),
        signal,
      });
      return sendState(reply, state);
    },
  );

  app.post(
    `${url}/corrections`,
    {
      onRequest: requireRole(apiKeys, BACKENDS),
      schema: {
        tags: TAGS,
        summary: 'Answer ACTION_REQUIRED',
        params: onboardingParams,
        body: correctionBody,
        response: { 200: flowStateAnswer, ...problems(400, 401, 403, 404, 409, 422, 503) },
      },
    },
    async (request, reply) => {
      const { patch, ...rest } = request.body;
      const correction = { ...rest, ...(patch && { patch: patch as Patch }), actor: actorOf(request) };
      return sendState(reply, await cardflow.act('onboarding', request.params.merchantOrderNo, 'correct', correction));
    },
  );

  app.post(
    `${url}/cancel`,
    {
      onRequest: requireRole(apiKeys, BACKENDS),
      schema: {
        tags: TAGS,
        summary: 'End the onboarding; its result tells what is left behind at FalPay',
        params: onboardingParams,
        body: cancelBody,
        response: { 202: flowStateAnswer, ...problems(400, 401, 403, 404, 409, 422, 503) },
      },
    },
    async (request, reply) => {
      const cancel = { ...request.body, actor: actorOf(request) };
      const state = await cardflow.act('onboarding', request.params.merchantOrderNo, 'abort', cancel);
      return sendState(reply, state, 202);
    },
  );

  async function asksForBadBins({ cards }: OnboardingBody): Promise<readonly FieldIssue[]> {
    const timeUp = new AbortController();
    const limit = pause(BINS_LIMIT_MS, undefined, { signal: timeUp.signal }).catch(() => undefined);
    const known = await Promise.race([bins.list().catch(() => undefined), limit]);
    timeUp.abort();
    return known ? binIssues(cards, known) : [];
  }

  async function exists(merchantOrderNo: string): Promise<boolean> {
    try {
      await cardflow.state('onboarding', merchantOrderNo);
      return true;
    } catch (error) {
      if (error instanceof FlowNotFoundError) return false;
      throw error;
    }
  }
}

function taken(number: string): Problem {
  return new Problem({
    status: 409,
    code: 'number-taken',
    detail: `${number} was started before with another body, and goes on as it was. Take a new number, or send a correction.`,
  });
}

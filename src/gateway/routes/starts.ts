import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { FlowNotFoundError, InvalidInputError, startBodies } from '../../client/index';
import type { FieldIssue } from '../../client/index';
import type { Patch, StartBody, StartedKind } from '../../messages';
import { flowStateAnswer, problems } from '../answers';
import { actorOf, BACKENDS, READERS, requireRole } from '../auth';
import { binIssues, type CardBins } from '../bins';
import type { FalpayQueries, GatewayDeps } from '../deps';
import { START_EXAMPLES } from '../examples';
import { isThere, saidInTime } from '../known';
import { Problem } from '../problem';
import { cancelBody, correctionBody, numberParams, seenHeaders, waitQuery } from '../schemas';
import { patience, seenBy, sendState } from './state';

interface Resource {
  readonly kind: StartedKind;
  /** Below `/v1`; also the tag under which it is described. */
  readonly path: string;
  /** The name of the number in the path. */
  readonly param: 'merchantOrderNo' | 'orderNo';
  /** As in "Start … once". */
  readonly what: string;
}

const RESOURCES: readonly Resource[] = [
  { kind: 'onboarding', path: 'onboardings', param: 'merchantOrderNo', what: 'an onboarding' },
  { kind: 'wallet-opening', path: 'wallet-openings', param: 'orderNo', what: 'the opening of a wallet' },
  { kind: 'wallet-recharge', path: 'recharges', param: 'orderNo', what: 'a recharge' },
  { kind: 'wallet-withdrawal', path: 'withdrawals', param: 'orderNo', what: 'a withdrawal' },
  {
    kind: 'wallet-status-change',
    path: 'wallet-status-changes',
    param: 'orderNo',
    what: 'a wallet’s change of status',
  },
  { kind: 'card-issuance', path: 'card-issuances', param: 'orderNo', what: 'the issuance of one or many cards' },
];

interface Extras {
  readonly bins: CardBins;
  readonly closing: AbortSignal;
}

/** `/v1/onboardings/{merchantOrderNo}`, `/v1/recharges/{orderNo}` and the like: start once, read, correct, cancel. */
export function startRoutes(app: FastifyInstance, deps: GatewayDeps, extras: Extras): void {
  for (const resource of RESOURCES) resourceRoutes(app, deps, extras, resource);
}

function resourceRoutes(
  instance: FastifyInstance,
  { cardflow, falpay, apiKeys }: GatewayDeps,
  { bins, closing }: Extras,
  { kind, path, param, what }: Resource,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const url = `/v1/${path}/:${param}`;
  const params = numberParams(param);
  const numberIn = (request: { readonly params: z.infer<typeof params> }) => request.params[param] ?? '';
  const body: z.ZodType<StartBody> = startBodies[kind].meta({ examples: [START_EXAMPLES[kind]] });

  app.put(
    url,
    {
      onRequest: requireRole(apiKeys, BACKENDS),
      schema: {
        tags: [path],
        summary: `Start ${what} once`,
        description: '201 started, 200 the same body again, 409 the number is taken by another body, 422 invalid.',
        params,
        body,
        response: { 200: flowStateAnswer, 201: flowStateAnswer, ...problems(400, 401, 403, 409, 422, 503) },
      },
    },
    async (request, reply) => {
      const number = numberIn(request);
      const issues = await issuesAtFalpay(falpay, bins, request.body);
      // BINs come and go, wallets are closed: a flow that exists already was checked when it started, and must go on answering "same".
      if (issues.length > 0 && !(await exists(number))) throw new InvalidInputError(issues);
      const { outcome, state } = await cardflow.start(kind, number, request.body);
      if (outcome === 'different') throw taken(number);
      if (outcome === 'started') reply.header('location', `/v1/${path}/${number}`);
      return sendState(reply, state, outcome === 'started' ? 201 : 200);
    },
  );

  app.get(
    url,
    {
      onRequest: requireRole(apiKeys, READERS),
      schema: {
        tags: [path],
        summary: 'Read the state; with ?wait= the next one',
        params,
        querystring: waitQuery,
        headers: seenHeaders,
        response: { 200: flowStateAnswer, ...problems(401, 403, 404, 422, 503) },
      },
    },
    async (request, reply) => {
      const { wait } = request.query;
      if (!wait) return sendState(reply, await cardflow.state(kind, numberIn(request)));
      const signal = patience(reply, closing);
      const since = seenBy(request);
      return sendState(reply, await cardflow.waitForChange(kind, numberIn(request), { ms: wait, since, signal }));
    },
  );

  app.post(
    `${url}/corrections`,
    {
      onRequest: requireRole(apiKeys, BACKENDS),
      schema: {
        tags: [path],
        summary: 'Answer ACTION_REQUIRED',
        params,
        body: correctionBody,
        response: { 200: flowStateAnswer, ...problems(400, 401, 403, 404, 409, 422, 503) },
      },
    },
    async (request, reply) => {
      const { patch, ...rest } = request.body;
      const correction = { ...rest, ...(patch && { patch: patch as Patch }), actor: actorOf(request) };
      return sendState(reply, await cardflow.act(kind, numberIn(request), 'correct', correction));
    },
  );

  app.post(
    `${url}/cancel`,
    {
      onRequest: requireRole(apiKeys, BACKENDS),
      schema: {
        tags: [path],
        summary: `End ${what}; its result tells what is left behind at FalPay`,
        params,
        body: cancelBody,
        response: { 202: flowStateAnswer, ...problems(400, 401, 403, 404, 409, 422, 503) },
      },
    },
    async (request, reply) => {
      const cancel = { ...request.body, actor: actorOf(request) };
      return sendState(reply, await cardflow.act(kind, numberIn(request), 'abort', cancel), 202);
    },
  );

  async function exists(number: string): Promise<boolean> {
    try {
      await cardflow.state(kind, number);
      return true;
    } catch (error) {
      if (error instanceof FlowNotFoundError) return false;
      throw error;
    }
  }
}

/** What FalPay would refuse: told at once, while somebody still looks at what they sent. */
async function issuesAtFalpay(falpay: FalpayQueries, bins: CardBins, body: StartBody): Promise<readonly FieldIssue[]> {
  const [list, ...strangers] = await Promise.all([
    'cards' in body ? saidInTime(bins.list()) : undefined,
    'walletId' in body && stranger('wallet', falpay.getWallet({ walletId: body.walletId })),
    'merchantId' in body &&
      body.merchantId !== undefined &&
      stranger('merchant', falpay.getMerchant({ merchantId: body.merchantId })),
  ]);
  return [...strangers.flatMap((issue) => issue || []), ...('cards' in body && list ? binIssues(body, list) : [])];
}

async function stranger(what: 'wallet' | 'merchant', asked: Promise<unknown>): Promise<FieldIssue | undefined> {
  const isStranger = (await isThere(what, asked)) === false;
  return isStranger ? { path: `${what}Id`, message: `FalPay knows no ${what} by this id` } : undefined;
}

function taken(number: string): Problem {
  return new Problem({
    status: 409,
    code: 'number-taken',
    detail: `${number} was started before with another body, and goes on as it was. Take a new number, or send a correction.`,
  });
}

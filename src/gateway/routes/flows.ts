import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { InvalidInputError, listQuery } from '../../client/index';
import { FLOW_KINDS, numberFault, numberFromPath, type FlowKind, type Patch } from '../../messages';
import { flowPageAnswer, flowStateAnswer, problems } from '../answers';
import { actorOf, OPERATORS, READERS, requireRole } from '../auth';
import type { GatewayDeps } from '../deps';
import { Problem } from '../problem';
import { actionBodies, flowParams, seenHeaders, waitQuery } from '../schemas';
import { patience, seenBy, sendState } from './state';

const TAGS = ['flows'];

/** `/v1/flows`: every flow of any kind, and the operator's actions. */
export function flowRoutes(
  instance: FastifyInstance,
  { cardflow, apiKeys }: GatewayDeps,
  { closing }: { readonly closing: AbortSignal },
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const url = '/v1/flows/:kind/:number';

  app.get(
    '/v1/flows',
    {
      onRequest: requireRole(apiKeys, READERS),
      schema: {
        tags: TAGS,
        summary: 'List flows, newest first; a second or so behind',
        querystring: listQuery,
        response: { 200: flowPageAnswer, ...problems(401, 403, 422, 503) },
      },
    },
    async ({ query }) => {
      const page = await cardflow.list(query);
      return { ...page, items: [...page.items] };
    },
  );

  app.get(
    url,
    {
      onRequest: requireRole(apiKeys, READERS),
      schema: {
        tags: TAGS,
        summary: 'Read the state; with ?wait= the next one',
        params: flowParams,
        querystring: waitQuery,
        headers: seenHeaders,
        response: { 200: flowStateAnswer, ...problems(401, 403, 404, 422, 503) },
      },
    },
    async (request, reply) => {
      const { kind, number } = flowNamed(request.params);
      const { wait } = request.query;
      if (!wait) return sendState(reply, await cardflow.state(kind, number));
      const signal = patience(reply, closing);
      return sendState(reply, await cardflow.waitForChange(kind, number, { ms: wait, since: seenBy(request), signal }));
    },
  );

  const operator = { onRequest: requireRole(apiKeys, OPERATORS) };
  const schemaFor = <const Body>(summary: string, body: Body) => ({
    tags: TAGS,
    summary,
    params: flowParams,
    body,
    response: { 200: flowStateAnswer, ...problems(400, 401, 403, 404, 409, 422, 503) },
  });

  app.post(
    `${url}/actions/retry`,
    { ...operator, schema: schemaFor('Try the blocked step again, beginning with a look-up', actionBodies.retry) },
    async (request, reply) => {
      const { kind, number } = flowNamed(request.params);
      return sendState(reply, await cardflow.act(kind, number, 'retry', { ...request.body, actor: actorOf(request) }));
    },
  );

  app.post(
    `${url}/actions/skip`,
    { ...operator, schema: schemaFor('Go on without the item', actionBodies.skip) },
    async (request, reply) => {
      const { kind, number } = flowNamed(request.params);
      return sendState(reply, await cardflow.act(kind, number, 'skip', { ...request.body, actor: actorOf(request) }));
    },
  );

  app.post(
    `${url}/actions/amend`,
    { ...operator, schema: schemaFor('Change fields of the start body and try again', actionBodies.amend) },
    async (request, reply) => {
      const { kind, number } = flowNamed(request.params);
      const amendment = { ...request.body, patch: request.body.patch as Patch, actor: actorOf(request) };
      return sendState(reply, await cardflow.act(kind, number, 'amend', amendment));
    },
  );

  app.post(
    `${url}/actions/resolve`,
    { ...operator, schema: schemaFor('Say what became of an unknown outcome', actionBodies.resolve) },
    async (request, reply) => {
      const { kind, number } = flowNamed(request.params);
      return sendState(
        reply,
        await cardflow.act(kind, number, 'resolve', { ...request.body, actor: actorOf(request) }),
      );
    },
  );

  app.post(
    `${url}/actions/abort`,
    { ...operator, schema: schemaFor('End the flow and tell what it leaves behind', actionBodies.abort) },
    async (request, reply) => {
      const { kind, number } = flowNamed(request.params);
      return sendState(reply, await cardflow.act(kind, number, 'abort', { ...request.body, actor: actorOf(request) }));
    },
  );

  app.post(
    `${url}/actions/restart`,
    { ...operator, schema: schemaFor('Start an ended flow again under its number', actionBodies.restart) },
    async (request, reply) => {
      const { kind, number } = flowNamed(request.params);
      return sendState(reply, await cardflow.restart(kind, number, { ...request.body, actor: actorOf(request) }));
    },
  );
}

/** @throws Problem 404 for a kind that is none; InvalidInputError for a number that no flow of the kind can have */
function flowNamed(params: { readonly kind: string; readonly number: string }): { kind: FlowKind; number: string } {
  const kind = FLOW_KINDS.find((known) => known === params.kind);
  if (!kind) {
    throw new Problem({ status: 404, code: 'no-such-kind', detail: `Kinds of flow: ${FLOW_KINDS.join(', ')}.` });
  }
  const number = numberFromPath(params.number);
  const message = numberFault(kind, number);
  if (message) throw new InvalidInputError([{ path: 'number', message }]);
  return { kind, number };
}

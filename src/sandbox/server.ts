/** The HTTP side: FalPay's paths from the profile, the control plane under /sandbox, one place that turns errors into answers of either kind. */
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { ZodError } from 'zod';
import { exchange } from './api/exchange';
import { refusalAnswer, send } from './api/answer';
import { tokenEndpoint } from './api/token-endpoint';
import { isCallName } from './business/operations';
import { auditRoutes } from './control/audits';
import { cardRoutes } from './control/cards';
import { ControlError, findingsOf, type Finding } from './control/input';
import { insightRoutes } from './control/insight';
import { requireJson } from './control/json-only';
import { pageRoutes } from './control/page';
import { signatureRoutes } from './control/signature-tool';
import { steeringRoutes } from './control/steering';
import { Refusal } from './refusal';
import type { Sandbox } from './sandbox';

const MAX_BODY_BYTES = 1_048_576;

export function buildServer(sandbox: Sandbox): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    // Longer than clients keep idle connections: one closed under a call would look like a lost answer.
    keepAliveTimeout: 120_000,
    forceCloseConnections: true,
  });
  app.register(async (falpay) => falpayRoutes(falpay, sandbox));
  app.register(async (control) => controlRoutes(control, sandbox));
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    if (sandbox.isReady()) return { status: 'ready' };
    return problem(reply, 503, 'the sandbox is stopping, or its database does not answer');
  });
  app.setNotFoundHandler((request, reply) =>
    request.url.startsWith('/sandbox')
      ? problem(reply, 404, `there is no ${request.method} ${request.url.split('?')[0] ?? ''}`)
      : refuse(sandbox, reply, new Refusal('ENDPOINT_UNKNOWN', 'there is no such endpoint')),
  );
  return app;
}

function falpayRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  const { profile } = sandbox.voice;
  // Signatures cover bytes: whatever comes is kept as it came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error.statusCode === 413)
      return refuse(sandbox, reply, new Refusal('BODY_TOO_LARGE', `at most ${MAX_BODY_BYTES} bytes`));
    // The path alone: a token call carries the secret in its query.
    sandbox.log.error({ err: error, path: request.routeOptions.url }, 'a call failed inside the sandbox');
    return refuse(sandbox, reply, new Refusal('SYSTEM_ERROR', 'internal error of the sandbox, see its log'));
  });
  const { basePath, method } = profile.http;
  app.route({
    method: profile.token.method,
    url: `${basePath}${profile.token.path}`,
    handler: (request, reply) => tokenEndpoint(sandbox, request, reply),
  });
  for (const [operation, { path }] of Object.entries(profile.operations)) {
    if (!isCallName(operation)) continue;
    app.route({
      method,
      url: `${basePath}${path}`,
      handler: (request, reply) => exchange(sandbox, operation, request, reply),
    });
  }
}

function controlRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  app.addHook('onRequest', requireJson);
  // Commands without content are common: an empty body with a JSON header is no mistake.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(String(body)));
    } catch {
      done(new ControlError(400, 'the body is not JSON'));
    }
  });
  app.setErrorHandler<FastifyError | ControlError | Refusal>((error, _request, reply) => {
    if (error instanceof ControlError) return problem(reply, error.status, error.message, error.errors);
    if (error instanceof ZodError) return problem(reply, 400, 'the request does not fit', findingsOf(error));
    // A command that the state of things does not allow.
    if (error instanceof Refusal) {
      return problem(
        reply,
        error.code === 'NOT_FOUND' ? 404 : 409,
        error.message,
        error.field === undefined ? [] : [{ field: error.field, message: error.message }],
      );
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) sandbox.log.error({ err: error }, 'a command failed inside the sandbox');
    return problem(reply, status, status >= 500 ? 'internal error of the sandbox, see its log' : error.message);
  });
  auditRoutes(app, sandbox);
  cardRoutes(app, sandbox);
  steeringRoutes(app, sandbox);
  insightRoutes(app, sandbox);
  signatureRoutes(app, sandbox);
  pageRoutes(app);
}

function refuse(sandbox: Sandbox, reply: FastifyReply, refusal: Refusal): FastifyReply {
  return send(reply, refusalAnswer(sandbox.voice.profile, refusal), sandbox.voice);
}

/** RFC 9457. */
function problem(reply: FastifyReply, status: number, detail: string, errors: readonly Finding[] = []): FastifyReply {
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type: 'about:blank', title: detail, status, detail, errors });
}

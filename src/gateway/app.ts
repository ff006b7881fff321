import fastify, { type FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { InvalidInputError, fieldIssues } from '../client/index';
import { describeApi } from './api-docs';
import { CardBins } from './bins';
import type { GatewayDeps } from './deps';
import { errorHandler, problemOf } from './error-handler';
import { answerUnknownPaths } from './methods';
import { observe, requestIdOf } from './observe';
import { sendProblem } from './problem';
import { callbackRoutes } from './routes/callbacks';
import { falpayRoutes } from './routes/falpay';
import { fileRoutes } from './routes/files';
import { flowRoutes } from './routes/flows';
import { healthRoutes } from './routes/health';
import { limitChangeRoutes } from './routes/limit-changes';
import { startRoutes } from './routes/starts';

/** Long enough to answer a number that is too long with what is wrong with it. */
const MAX_PARAM_LENGTH = 1_000;

/**
 * The gateway, ready to listen. It keeps no state that matters: any number of them can run.
 * `close()` lets requests finish; long polls answer at once with what is known.
 */
export function buildGateway(deps: GatewayDeps): FastifyInstance {
  const app: FastifyInstance = fastify({
    logger: false,
    genReqId: requestIdOf,
    requestIdHeader: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, problemOf(error)),
    // Closing answers in-flight requests; a proxy must not see 503 for one that was accepted before.
    return503OnClosing: false,
  });
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  // Whoever is answered while we close must not keep its connection: it would hold up the end by the keep-alive time.
  app.addHook('onSend', async (_request, reply) => {
    if (closing.signal.aborted) reply.header('connection', 'close');
  });

  app.setValidatorCompiler<z.ZodType>(({ schema }) => (data) => {
    const result = schema.safeParse(data);
    return result.success ? { value: result.data } : { error: new InvalidInputError(fieldIssues(result.error, data)) };
  });
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler(errorHandler(deps.log));
  answerUnknownPaths(app);
  const metrics = observe(app, deps.log, deps.registry);

  const bins = new CardBins(deps.falpay);
  describeApi(app);
  // In a plugin, so that the description is listening when they are added.
  void app.register(async (routes) => {
    healthRoutes(routes, deps);
    callbackRoutes(routes, deps, metrics);
    startRoutes(routes, deps, { bins, closing: closing.signal });
    flowRoutes(routes, deps, { closing: closing.signal });
    limitChangeRoutes(routes, deps, { closing: closing.signal });
    falpayRoutes(routes, deps, { bins });
    fileRoutes(routes, deps);
    routes.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  });
  return app;
}

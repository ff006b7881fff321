import fastify, { type FastifyInstance } from 'fastify';
import { describeApi } from './api-docs';
import { CardBins } from './bins';
import { answerBrokenRequests } from './broken-requests';
import type { GatewayDeps } from './deps';
import { docsPage } from './docs-page';
import { errorHandler, problemOf } from './error-handler';
import { answerUnknownPaths } from './methods';
import { observe, requestIdOf } from './observe';
import { sendProblem } from './problem';
import { limitRates } from './rate-limits';
import { callbackRoutes } from './routes/callbacks';
import { cardRoutes } from './routes/cards';
import { eventRoutes } from './routes/events';
import { falpayRoutes } from './routes/falpay';
import { fileRoutes } from './routes/files';
import { flowRoutes } from './routes/flows';
import { healthRoutes } from './routes/health';
import { limitChangeRoutes } from './routes/limit-changes';
import { reconciliationRoutes } from './routes/reconciliations';
import { revealRoute } from './routes/reveal';
import { startRoutes } from './routes/starts';
import { validatorFor } from './validate';

/** Long enough to answer a number that is too long with what is wrong with it. */
const MAX_PARAM_LENGTH = 1_000;
/** From its first byte to its last: a paper of 100 MB over a slow line must still come through. */
const REQUEST_TIMEOUT_MS = 300_000;

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
    requestTimeout: REQUEST_TIMEOUT_MS,
    frameworkErrors: (error, request, reply) => {
      const problem = problemOf(error);
      deps.log.info(
        { requestId: request.id, method: request.method, route: 'none', status: problem.status },
        'request',
      );
      void sendProblem(reply, problem);
    },
    clientErrorHandler: answerBrokenRequests(deps.log),
    // Closing answers in-flight requests; a proxy must not see 503 for one that was accepted before.
    return503OnClosing: false,
  });
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  // Whoever is answered while we close must not keep its connection: it would hold up the end by the keep-alive time.
  app.addHook('onSend', async (_request, reply) => {
    if (closing.signal.aborted) reply.header('connection', 'close');
  });

  // Routes that take anything but JSON say so themselves; text must not be taken for a JSON string.
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorFor);
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler(errorHandler(deps.log));
  answerUnknownPaths(app);
  const metrics = observe(app, deps.log, deps.registry);
  limitRates(app, deps.rateLimit ?? 0);

  const bins = new CardBins(deps.falpay);
  describeApi(app);
  // In a plugin, so that the description is listening when they are added.
  void app.register(async (routes) => {
    // What is true now need not be a moment later: states, balances, cards.
    routes.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'));
    healthRoutes(routes, deps);
    callbackRoutes(routes, deps, metrics);
    startRoutes(routes, deps, { bins, closing: closing.signal });
    flowRoutes(routes, deps, { closing: closing.signal });
    eventRoutes(routes, deps, { closing: closing.signal });
    limitChangeRoutes(routes, deps, { closing: closing.signal });
    falpayRoutes(routes, deps, { bins });
    cardRoutes(routes, deps);
    revealRoute(routes, deps);
    reconciliationRoutes(routes, deps);
    fileRoutes(routes, deps);
  });
  void app.register(docsPage);
  return app;
}

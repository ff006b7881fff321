/** Tells a wrong method (405) from a wrong path (404): the router alone knows only "not found". */
import type { FastifyInstance, preHandlerAsyncHookHandler } from 'fastify';
import { Problem, sendProblem } from './problem';

export function answerUnknownPaths(app: FastifyInstance): void {
  const methodsByPattern = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByPattern.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsByPattern.set(url, methods);
  });
  const preHandler: preHandlerAsyncHookHandler = (request, reply) => app.limits.byAddress(request, reply);
  app.setNotFoundHandler({ preHandler }, (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = [...methodsByPattern].flatMap(([pattern, methods]) => (matches(pattern, path) ? [...methods] : []));
    if (allowed.length > 0) {
      // For browsers of other origins there is nothing here: no CORS header, whatever they ask.
      if (request.method === 'OPTIONS') return reply.code(204).header('allow', allowed.join(', ')).send();
      throw new Problem({
        status: 405,
        code: 'method-not-allowed',
        detail: `This path takes ${allowed.join(', ')}.`,
        headers: { allow: allowed.join(', ') },
      });
    }
    return sendProblem(reply, { status: 404, code: 'no-such-path', detail: 'There is nothing at this path.' });
  });
}

function matches(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => (part.startsWith(':') ? given[index] !== '' : part === given[index]))
  );
}

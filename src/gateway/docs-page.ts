/** `/docs`: the API's description as a page on which it can be tried. Everything it needs comes from the gateway itself. */
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

/** Nothing from elsewhere, nowhere to send to but here. The page's library writes style attributes and draws its icons from data. */
const POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};

export async function docsPage(app: FastifyInstance): Promise<void> {
  // The page is for everybody, like the description: it holds nothing secret. A key typed into it stays in the open tab.
  app.addHook('onRequest', (request, reply) => request.server.limits.byAddress(request, reply));
  app.addHook('onSend', async (_request, reply) => {
    reply.headers({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: POLICY,
    theme: { title: 'Cardflow API' },
    // Without the bar that asks for another document's address: there is one.
    uiConfig: { layout: 'BaseLayout', persistAuthorization: false, docExpansion: 'none', filter: true },
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

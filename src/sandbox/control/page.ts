/** The page at /sandbox: plain files of the folder page/, which speak to nothing but the control plane. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const FOLDER = join(__dirname, '..', 'page');
const START = 'index.html';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

const HEADERS = {
  // Its own files and its own control plane, nothing else: what a callback or a reason holds can never become a script.
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // Another version of the sandbox brings other files under the same names.
  'cache-control': 'no-cache',
};

/** @throws Error when the files are not there: a build without them */
export function pageRoutes(app: FastifyInstance): void {
  for (const name of readdirSync(FOLDER)) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const content = readFileSync(join(FOLDER, name));
    const paths = name === START ? ['/sandbox', '/sandbox/'] : [`/sandbox/page/${name}`];
    for (const path of paths) app.get(path, (_request, reply) => reply.headers(HEADERS).type(type).send(content));
  }
}

/** Everything assumed about FalPay is data: no path, header, status or code of its API stands in code, where a changed profile could not reach it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultProfile } from '../../../src/falpay';

const root = join(__dirname, '..', '..', '..', 'src', 'falpay');
const THE_DATA = join('contract', 'profile.default.ts');
/** What is written about the contract, and never runs against FalPay. */
const ABOUT = /^contract[\\/](openapi[\\/]|docs[\\/]|diff[\\/]|english)/;

const files = (readdirSync(root, { recursive: true }) as string[])
  .filter((file) => file.endsWith('.ts') && file !== THE_DATA && !ABOUT.test(file))
  .map((file) => ({ file, code: withoutComments(readFileSync(join(root, file), 'utf8')) }));

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(?<![:'"`\\])\/\/.*$/gm, '');
}

/** Nothing of the kind in code, but plenty of it in the data: a pattern that finds nothing there would guard nothing. */
function expectOnlyInTheData(pattern: RegExp, allowed: Readonly<Record<string, readonly string[]>> = {}): void {
  const places = files.flatMap(({ file, code }) =>
    [...code.matchAll(pattern)]
      .map(([found]) => found)
      .filter((found) => !(allowed[file] ?? []).includes(found))
      .map((found) => `${file}: ${found}`),
  );
  expect(places).toEqual([]);
  expect(readFileSync(join(root, THE_DATA), 'utf8')).toMatch(pattern);
}

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
const literal = (words: readonly string[]): RegExp =>
  new RegExp(`(?<=['\`])(?:${words.map(quoted).join('|')})(?=['\`:])`, 'gi');

test('no path', () => {
  expectOnlyInTheData(/(?<=['"`])\/[a-z][a-z0-9/-]+(?=['"`?])/gi);
});

test('no header', () => {
  const { authorization, authorizationScheme, timestamp, nonce, signature, requestId, retryAfter } =
    defaultProfile.headers;
  const names = [authorization, authorizationScheme, timestamp, nonce, signature, requestId, retryAfter];
  expectOnlyInTheData(literal(names.filter((name) => name !== undefined)));
  expectOnlyInTheData(/(?<=['"`])x-[a-z-]+/gi);
});

test('no status of HTTP', () => {
  const codes = [
    200, 201, 202, 204, 301, 302, 304, 400, 401, 403, 404, 405, 408, 409, 413, 422, 429, 500, 502, 503, 504,
  ];
  expectOnlyInTheData(new RegExp(`(?<![\\w."])(?:${codes.join('|')})(?![\\w.])`, 'g'), {
    // What we answer to the sender of a callback, and what FalPay may be acknowledged with at all.
    'verify-callback.ts': ['400', '401'],
    [join('contract', 'profile-schema.ts')]: ['200'],
  });
});

test('no business code', () => {
  const { envelope, errors } = defaultProfile;
  const codes = [envelope.successCode, ...envelope.notFoundCodes, ...Object.keys(errors.codes)];
  expectOnlyInTheData(literal(codes));
});

test('no name of the envelope, of the token’s parameters, or of a place in a callback', () => {
  const { token, callbacks } = defaultProfile;
  const names = [...Object.values(token.parameters), token.grantType, ...Object.values(callbacks.fields)];
  expectOnlyInTheData(literal(names.filter((name) => name !== undefined)));
});

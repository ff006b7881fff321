import type { FalpayProfile, SignatureCase } from '../falpay';
import { CliFailure, EXIT } from './failure';
import { parseJson, readGiven, type Io } from './io';

/** Where the parts of a signed message come from. */
export interface SignatureParts {
  readonly headers?: string;
  readonly message?: string;
  readonly signature?: string;
  readonly timestamp?: string;
  readonly nonce?: string;
  readonly method?: string;
  readonly path?: string;
  readonly clientId?: string;
}

export interface GivenMessage {
  readonly message: SignatureCase['message'];
  readonly signature: string | undefined;
}

/** Reads body and headers to the byte, each from where the command line says. */
export async function readSignedMessage(
  io: Io,
  file: string,
  given: SignatureParts,
  names: FalpayProfile['headers'],
): Promise<GivenMessage> {
  if (given.message !== undefined && given.headers !== undefined)
    throw new CliFailure('--message holds headers as well: leave --headers out', EXIT.usage);
  if (given.headers === '-' && file === '-')
    throw new CliFailure(
      'body and headers cannot both come from standard input; --message takes them in one',
      EXIT.usage,
    );
  const { body, headers, request } =
    given.message === undefined
      ? {
          body: await readGiven(io, file),
          headers: given.headers === undefined ? {} : await readHeaders(io, given.headers),
          request: undefined,
        }
      : takeApart(await readGiven(io, given.message), given.message);
  const header = (name: keyof FalpayProfile['headers']) => {
    const wireName = names[name];
    return typeof wireName === 'string' ? headers[wireName.toLowerCase()] : undefined;
  };
  return {
    message: {
      timestamp: given.timestamp ?? header('timestamp'),
      nonce: given.nonce ?? header('nonce'),
      method: given.method ?? request?.method,
      path: given.path ?? request?.path,
      clientId: given.clientId ?? header('clientId'),
      body,
    },
    signature: given.signature ?? header('signature'),
  };
}

type Headers = Readonly<Record<string, string>>;

async function readHeaders(io: Io, file: string): Promise<Headers> {
  const text = (await readGiven(io, file)).toString();
  if (!text.trimStart().startsWith('{')) return parseHeaders(text);
  const parsed = parseJson(text, file) as object;
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function parseHeaders(text: string): Headers {
  const lines = text.split(/\r?\n/);
  // The first line of a whole message is a request or a status line.
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^([A-Za-z0-9-]+):\s*(.*?)\s*$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value] as const];
    }),
  );
}

/** Headers, an empty line, and the body to the byte. */
function takeApart(message: Buffer, file: string) {
  const ends = ['\r\n\r\n', '\n\n'].flatMap((end) => {
    const at = message.indexOf(end);
    return at < 0 ? [] : [{ at, length: end.length }];
  });
  const [end] = ends.sort((a, b) => a.at - b.at);
  if (end === undefined) throw new CliFailure(`${file} has no empty line between headers and body`);
  const head = message.subarray(0, end.at).toString('latin1');
  const [, method, path] = /^([A-Z]+) ([^ ?]+)\S* HTTP\//.exec(head) ?? [];
  return {
    headers: parseHeaders(head),
    body: message.subarray(end.at + end.length),
    request: method === undefined || path === undefined ? undefined : { method, path },
  };
}

/** Requests that never become one: what came is no HTTP, has too large a header, or does not end. Answered on the bare socket, as problems. */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { problemHeaders, problemText, type ProblemSpec } from './problem';

const TIMEOUT: ProblemSpec = { status: 408, code: 'request-timeout', detail: 'The request did not end in time.' };
const HEADER: ProblemSpec = { status: 431, code: 'header-too-large', detail: 'The headers are too large.' };
const BROKEN: ProblemSpec = { status: 400, code: 'malformed-request', detail: 'The request cannot be read.' };

const PROBLEMS: Readonly<Record<string, ProblemSpec>> = {
  ERR_HTTP_REQUEST_TIMEOUT: TIMEOUT,
  HPE_HEADER_OVERFLOW: HEADER,
};

export function answerBrokenRequests(log: Logger) {
  return (error: Error & { readonly code?: string }, socket: Socket): void => {
    const { code = '' } = error;
    // The other side is gone: there is nobody to answer.
    if (code === 'ECONNRESET' || socket.destroyed) return;
    const spec = PROBLEMS[code] ?? BROKEN;
    const requestId = randomUUID();
    // The error's own fields quote what was sent.
    log.info({ requestId, method: 'none', route: 'none', status: spec.status, code }, 'request');
    if (socket.writable) socket.write(answer(spec, requestId));
    socket.destroySoon();
  };
}

function answer(spec: ProblemSpec, requestId: string): string {
  const body = problemText(spec, requestId);
  const headers = {
    ...problemHeaders(spec, requestId),
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  return [
    `HTTP/1.1 ${spec.status} ${STATUS_CODES[spec.status] ?? ''}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');
}

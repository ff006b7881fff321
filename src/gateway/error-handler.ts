/** Every error of the gateway becomes a problem document here, in one table. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import {
  ActionRefusedError,
  FlowNotFoundError,
  FlowUnresponsiveError,
  InvalidInputError,
  LimitChangeNotFoundError,
  NotRestartableError,
  SearchAttributesMissingError,
  TemporalUnavailableError,
} from '../client/index';
import { FalpayError, FalpayRejected, InvalidInput } from '../falpay/errors';
import { Problem, sendProblem, type ProblemSpec } from './problem';

/** What a caller may do about a fault of ours or FalPay's: come again. */
const SOON = { 'retry-after': '5' } as const;

export function errorHandler(log: Logger) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const spec = problemOf(error);
    if (spec.status >= 500) {
      log.error({ err: error, requestId: request.id }, 'request failed');
    }
    void sendProblem(reply, spec);
  };
}

export function problemOf(error: unknown): ProblemSpec {
  return ours(error) ?? falpays(error) ?? fastifys(error) ?? UNEXPECTED;
}

const UNEXPECTED: ProblemSpec = {
  status: 500,
  code: 'internal',
  detail: 'An error of the gateway; its log has the details under this requestId.',
};

function ours(error: unknown): ProblemSpec | undefined {
  if (error instanceof Problem) return error.spec;
  if (error instanceof InvalidInputError) {
    return { status: 422, code: error.code, detail: countOf(error.issues.length), errors: error.issues };
  }
  if (error instanceof FlowNotFoundError || error instanceof LimitChangeNotFoundError)
    return { status: 404, code: error.code, detail: error.message };
  if (error instanceof ActionRefusedError) return refusal(error);
  if (error instanceof NotRestartableError) return { status: 409, code: error.code, detail: error.message };
  if (error instanceof FlowUnresponsiveError) {
    return { status: 503, code: error.code, detail: error.message, headers: SOON };
  }
  if (error instanceof TemporalUnavailableError) {
    const missing = error instanceof SearchAttributesMissingError;
    const detail = missing ? error.message : 'Temporal cannot be reached now; the same request may be repeated.';
    return { status: 503, code: error.code, detail, headers: SOON };
  }
  return undefined;
}

function refusal({ refusal: kind, code, message }: ActionRefusedError): ProblemSpec {
  switch (kind) {
    case 'patch':
    case 'request':
      return { status: 422, code, detail: message, errors: [namedField(message, kind === 'patch' ? 'patch' : '')] };
    case 'stale':
    case 'notAllowed':
    case 'contradicted':
    case 'inFlight':
    case 'taken':
    case 'closed':
      return { status: 409, code, detail: message };
  }
}

/** Flows write `patch.cards.1.binId: may not be changed here`. */
function namedField(message: string, fallback: string): { path: string; message: string } {
  const [, path, rest] = /^([\w.-]+): (.+)$/s.exec(message) ?? [];
  return path && rest ? { path, message: rest } : { path: fallback, message };
}

/** FalPay behind a query of ours: the caller's request was right, so none of these is a 4xx but a refusal by FalPay itself. */
function falpays(error: unknown): ProblemSpec | undefined {
  if (error instanceof InvalidInput) {
    return { status: 422, code: 'invalid-input', detail: countOf(error.issues.length), errors: error.issues };
  }
  if (error instanceof FalpayRejected) {
    if (error.notFound) return { status: 404, code: 'falpay-not-found', detail: 'FalPay knows nothing by this id.' };
    return { status: 502, code: 'falpay-refused', detail: `FalPay refused: ${error.message}` };
  }
  if (!(error instanceof FalpayError)) return undefined;
  switch (error.type) {
    case 'FalpayUnavailable':
    case 'FalpayOutcomeUnknown':
      return { status: 503, code: 'falpay-unavailable', detail: 'FalPay cannot be reached now.', headers: SOON };
    case 'FalpayAuth':
      return {
        status: 502,
        code: 'falpay-auth',
        detail: "FalPay refuses Cardflow's credentials; its operator must act.",
      };
    case 'FalpayBadSignature':
    case 'FalpayRejected':
      return { status: 502, code: 'falpay-bad-answer', detail: 'FalPay answered with what cannot be trusted.' };
  }
}

const FASTIFY: Readonly<Record<string, Omit<ProblemSpec, 'status'>>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'malformed-json', detail: 'The body is not JSON.' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'malformed-json', detail: 'The body is empty; a JSON object is needed.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'unsupported-media-type', detail: 'Send the body as application/json.' },
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'too-large', detail: 'The body is too large.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'path-too-long', detail: 'A part of the path is too long.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'malformed-request', detail: 'Content-Length does not fit the body.' },
};

/** Fastify's own errors are told without their text: it may quote what was sent. */
function fastifys(error: unknown): ProblemSpec | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { statusCode: status, code } = error as FastifyError;
  if (status === undefined || status < 400 || status >= 500) return undefined;
  const known = FASTIFY[code];
  if (known) return { status, ...known };
  if (error instanceof SyntaxError) return { status, code: 'malformed-json', detail: 'The body is not JSON.' };
  return { status, code: 'malformed-request', detail: 'The request cannot be read.' };
}

function countOf(issues: number): string {
  return issues === 1 ? 'One field is at fault.' : `${issues} fields are at fault.`;
}

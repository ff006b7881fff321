/** RFC 9457 problem documents: what went wrong, which field, what to do. */
import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { FieldIssue } from '../client/index';

export interface ProblemSpec {
  readonly status: number;
  /** Stable and machine-readable; the problem's `type` is `urn:cardflow:problem:{code}`. */
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldIssue[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by routes and hooks; the error handler writes it out. */
export class Problem extends Error {
  readonly statusCode: number;

  constructor(
    readonly spec: ProblemSpec,
    options?: ErrorOptions,
  ) {
    super(spec.detail, options);
    this.name = 'Problem';
    this.statusCode = spec.status;
  }
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The document itself, as text. */
export function problemText({ status, code, detail, errors }: ProblemSpec, requestId: string): string {
  return JSON.stringify({
    type: `urn:cardflow:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail,
    ...(errors && { errors }),
    requestId,
  });
}

/** Headers of every problem; the id is set here as well, since not every problem has passed the hooks that set it. */
export function problemHeaders({ headers }: ProblemSpec, requestId: string): Readonly<Record<string, string>> {
  return { ...headers, 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store', 'x-request-id': requestId };
}

export function sendProblem(reply: FastifyReply, spec: ProblemSpec): FastifyReply {
  const { id } = reply.request;
  return reply
    .code(spec.status)
    .headers(problemHeaders(spec, id))
    .serializer((text: unknown) => String(text))
    .send(problemText(spec, id));
}

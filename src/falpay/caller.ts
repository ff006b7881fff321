import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { type Call, judge, judgeFailure, TokenRefused } from './answer';
import type { PlatformKeys } from './answer-signature';
import { Circuit, type CircuitHooks } from './circuit';
import { encode, stringifyLossless } from './contract/codec';
import { type OperationName, type OperationRow, operationRow, operations } from './contract/operations';
import type { FalpayProfile } from './contract/profile';
import { FalpayAuth, FalpayError, FalpayRejected, FalpayUnavailable, InvalidInput, issuesOf } from './errors';
import { Deadline, type Http, type HttpAnswer, type HttpFailure } from './http';
import { signatureHeaders } from './signature';
import { isListed } from './http-status';
import type { TokenCache } from './token';

export interface CallOptions {
  /** The limit for the whole call, a token it may need included; the profile's for the operation when left out. */
  readonly timeoutMs?: number;
  /** Gives the call up; a creating call that was sent by then has an unknown outcome. */
  readonly signal?: AbortSignal;
}

/** A call that ended, for metrics and logs: nothing in it is secret or tells who somebody is. */
export interface ObservedCall {
  readonly operation: OperationName;
  readonly durationMs: number;
  /** `ok`, `notFound`, or the error's type. */
  readonly outcome: string;
  /** Our order number, when the operation has one. */
  readonly orderNo?: string;
  /** Of a failure: FalPay's id of the request, the HTTP status and FalPay's code, as far as there was an answer. */
  readonly requestId?: string;
  readonly httpStatus?: number;
  readonly code?: string;
}

export interface CallHooks extends CircuitHooks {
  /** Told after each call. Must not throw; if it does, nobody hears it. */
  readonly onCall?: (call: ObservedCall) => void;
}

type CallName = Exclude<OperationName, 'getToken'>;
type ResponseOf<Name extends CallName> = z.infer<(typeof operations)[Name]['response']>;

export interface CallerParts {
  readonly http: Http;
  readonly profile: FalpayProfile;
  readonly keys: PlatformKeys;
  readonly privateKey: KeyObject;
  readonly clientId: string;
  readonly tokens: TokenCache;
  readonly now: () => number;
  readonly hooks: CallHooks;
  /** Calls are held back while FalPay is away: for processes that make many. */
  readonly sparing: boolean;
}

/** A signed query that asks for nothing in particular: what refuses it refuses us. */
const PING = 'listCardBins' satisfies CallName;

/** Makes one call: checks and writes the request, signs it, sends it under a token, and has the answer judged. */
export class Caller {
  readonly #circuit: Circuit | undefined;

  constructor(private readonly parts: CallerParts) {
    const { now, hooks, sparing } = parts;
    const ping = () => this.#observed(PING, operationRow(PING), undefined, {});
    this.#circuit = sparing ? new Circuit({ ping, now, hooks }) : undefined;
  }

  /** Calls an operation that always answers with data (or with nothing worth reading). */
  async call<Name extends CallName>(name: Name, request: unknown, options?: CallOptions): Promise<ResponseOf<Name>> {
    // `judge` has parsed the answer with this very operation's model.
    return (await this.#run(name, operationRow(name), request, options)) as ResponseOf<Name>;
  }

  /** Calls a query for which "not found" is an answer. */
  async find<Name extends CallName>(
    name: Name,
    request: unknown,
    options?: CallOptions,
  ): Promise<ResponseOf<Name> | null> {
    return (await this.#run(name, operationRow(name), request, options)) as ResponseOf<Name> | null;
  }

  /** The same, read by another model than the operation's own. */
  async findAs<Model extends z.ZodType>(
    name: CallName,
    response: Model,
    request: unknown,
    options?: CallOptions,
  ): Promise<z.infer<Model> | null> {
    return (await this.#run(name, { ...operationRow(name), response }, request, options)) as z.infer<Model> | null;
  }

  /** Gets a token if none is held. */
  async authenticate(): Promise<void> {
    await this.parts.tokens.get();
  }

  async #run(name: CallName, row: OperationRow, request: unknown, options: CallOptions = {}): Promise<unknown> {
    const call = () => this.#observed(name, row, request, options);
    const orderNo = orderNoIn(request, row);
    return this.#circuit ? this.#circuit.run({ operation: name, ...(orderNo && { orderNo }) }, call) : call();
  }

  async #observed(name: CallName, row: OperationRow, request: unknown, options: CallOptions): Promise<unknown> {
    const startedAt = performance.now();
    const orderNo = orderNoIn(request, row);
    const tell = (outcome: string, about: Omit<ObservedCall, 'operation' | 'durationMs' | 'outcome'> = {}): void => {
      const durationMs = performance.now() - startedAt;
      try {
        this.parts.hooks.onCall?.({ operation: name, durationMs, outcome, ...(orderNo && { orderNo }), ...about });
      } catch {
        // A broken metric must not turn a recharge that was made into one that failed.
      }
    };
    try {
      const result = await this.#exchange(name, row, request, options).catch((error: unknown) =>
        this.#judgeRefusal(name, error),
      );
      tell(row.mayBeAbsent && result === null ? 'notFound' : 'ok');
      return result;
    } catch (error) {
      if (error instanceof FalpayError) tell(error.type, toldOf(error));
      else tell(error instanceof InvalidInput ? error.type : 'Error');
      throw error;
    }
  }

  /**
   * FalPay's codes for a key that it refuses are not known to us. A refusal by HTTP status (an invalid body or signature [I]) is about this call only
   * if the query that asks for nothing in particular is not refused in the same way: a key that was withdrawn must not look like hundreds of bad orders.
   */
  async #judgeRefusal(name: CallName, error: unknown): Promise<never> {
    const isByStatus =
      error instanceof FalpayRejected &&
      error.httpStatus !== undefined &&
      !isListed(error.httpStatus, this.parts.profile.http.success);
    if (!isByStatus) throw error;
    const other =
      name === PING
        ? error
        : await this.#exchange(PING, operationRow(PING), undefined, {}).catch((refused: unknown) => refused);
    const isAlike =
      other instanceof FalpayRejected && other.httpStatus === error.httpStatus && other.code === error.code;
    if (!isAlike) throw error;
    throw new FalpayAuth(`${error.message} (FalPay refuses every call like this: check the credentials and the key)`, {
      operation: name,
      ...(error.orderNo === undefined ? {} : { orderNo: error.orderNo }),
      ...toldOf(error),
    });
  }

  async #exchange(name: CallName, row: OperationRow, given: unknown, options: CallOptions): Promise<unknown> {
    const { profile, keys } = this.parts;
    const orderNo = orderNoIn(given, row);
    const context = { operation: name, ...(orderNo === undefined ? {} : { orderNo }) };
    const request = checkedRequest(row, given, context);
    const call: Call = { row, request, context, profile, keys };
    const body =
      row.request === null ? Buffer.alloc(0) : Buffer.from(stringifyLossless(encode(row.request, request, profile)));
    const deadline = new Deadline(options.timeoutMs ?? profile.operations[name].timeoutMs, options.signal);

    const token = await this.#token(call, deadline, () => this.parts.tokens.get());
    const first = await this.#send(name, body, token, deadline);
    if (first.kind === 'failure') throw judgeFailure(call, first);
    try {
      return judge(call, first);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
    }

    // A token is refused before any business, so the call may be made again: once, with another token.
    const renewed = await this.#token(call, deadline, () => this.parts.tokens.renew(token));
    const second = await this.#send(name, body, renewed, deadline);
    if (second.kind === 'failure') throw judgeFailure(call, second);
    return judge(call, second);
  }

  async #token(call: Call, deadline: Deadline, get: () => Promise<string>): Promise<string> {
    const token = await deadline.race(get());
    if (token !== undefined) return token;
    const code = deadline.reason();
    throw new FalpayUnavailable(`${call.context.operation ?? ''}: no token in time (${code}), nothing was processed`, {
      ...call.context,
      code,
    });
  }

  #send(name: CallName, body: Buffer, token: string, deadline: Deadline): Promise<HttpAnswer | HttpFailure> {
    const { http, profile, privateKey, clientId, now } = this.parts;
    const { headers, signature: scheme } = profile;
    const { method } = profile.http;
    const path = profile.http.basePath + profile.operations[name].path;
    const message = { body, method, path: http.pathOf(path), clientId };
    return http.send({
      method,
      path,
      headers: {
        ...headers.fixed,
        ...(headers.clientId === undefined ? {} : { [headers.clientId]: clientId }),
        [headers.authorization]: `${headers.authorizationScheme} ${token}`.trimStart(),
        ...signatureHeaders(message, { key: privateKey, profile, now: now(), scheme }),
        ...(body.length === 0 ? {} : { 'Content-Type': profile.http.contentType }),
      },
      body,
      freshConnection: operations[name].kind !== 'query',
      deadline,
    });
  }
}

function toldOf({ requestId, httpStatus, code }: FalpayError) {
  return {
    ...(requestId === undefined ? {} : { requestId }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(code === undefined ? {} : { code }),
  };
}

function checkedRequest(row: OperationRow, given: unknown, context: { operation: string; orderNo?: string }): unknown {
  if (row.request === null) return undefined;
  const parsed = row.request.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(`${context.operation} (${row.title})`, issuesOf(parsed.error), context);
}

function orderNoIn(request: unknown, row: OperationRow): string | undefined {
  if (row.orderNo === undefined || typeof request !== 'object' || request === null) return undefined;
  const value = (request as Readonly<Record<string, unknown>>)[row.orderNo];
  return typeof value === 'string' && value.length <= 64 ? value : undefined;
}

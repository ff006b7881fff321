import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { isGrpcServiceError, ServiceError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common/lib/errors';
import { SEARCH_ATTRIBUTES } from '../messages';
import { SearchAttributesMissingError, TemporalUnavailableError } from './errors';

/** gRPC status INVALID_ARGUMENT: our request is at fault, not the server. */
const INVALID_ARGUMENT = 3;
/** gRPC status FAILED_PRECONDITION: of an Update, that the workflow task which carried it came to nothing. */
const FAILED_PRECONDITION = 9;
const SENT_AT_MOST = 10;
const SENT_AGAIN_AFTER_MS = 100;

/**
 * Runs calls to Temporal under one limit.
 *
 * The SDK retries an unreachable server with pauses that can outlast the gRPC deadline, so that alone is no limit: a callback must be answered in time.
 *
 * @param ms the limit in milliseconds
 * @throws TemporalUnavailableError when the server is away, refuses us, or the limit passed
 * @throws SearchAttributesMissingError when the server does not know a search attribute of ours
 */
export async function within<T>(client: Client, ms: number, call: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TemporalUnavailableError(`Temporal did not answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([client.withDeadline(Date.now() + ms, call), limit]);
  } catch (error) {
    const missing = missingAttribute(error);
    if (missing !== undefined) throw new SearchAttributesMissingError(missing, { cause: error });
    throw isOutage(error) ? new TemporalUnavailableError(outageMessage(error), { cause: error }) : error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * As {@link within}, for an Update that has an id. A flow that would end with the Update's very task is given what has come meanwhile first: the
 * server then lets go of the Update, and it is sent again, under its id, by which it is carried out once.
 */
export function updateWithin<T>(client: Client, ms: number, send: () => Promise<T>): Promise<T> {
  return within(client, ms, async () => {
    for (let sent = 1; ; sent += 1) {
      try {
        return await send();
      } catch (error) {
        if (grpcStatus(error) !== FAILED_PRECONDITION || sent === SENT_AT_MOST) throw error;
        await pause(SENT_AGAIN_AFTER_MS);
      }
    }
  });
}

function grpcStatus(error: unknown): number | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) ? cause.code : undefined;
}

/** True when it is the server, the way to it or our standing with it that failed, and not the request. */
function isOutage(error: unknown): error is Error {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || error instanceof NamespaceNotFoundError) return true;
  const status = grpcStatus(error);
  return status === undefined ? error instanceof ServiceError : status !== INVALID_ARGUMENT;
}

/** Servers say it of starts and of queries in words of their own, always with the name; of an update that starts, only the message has them. */
function missingAttribute(error: unknown): string | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  if (!isGrpcServiceError(cause)) return undefined;
  const said = [cause.details, cause.message].find(
    (text) => /search attribute/i.test(text) && /no mapping|not defined|not a valid|invalid search/i.test(text),
  );
  if (said === undefined) return undefined;
  const name = Object.keys(SEARCH_ATTRIBUTES).find((known) => new RegExp(`\\b${known}\\b`).test(said));
  if (name === undefined) return undefined;
  return (
    `Temporal does not know the search attribute ${name} (${said}). Worker and gateway register what is missing when they start, which takes a moment; ` +
    `where they may not, create it by hand, type Keyword: "temporal operator search-attribute create --name ${name} --type Keyword", or on Temporal ` +
    `Cloud in the namespace's settings`
  );
}

function outageMessage(error: Error): string {
  const cause = error instanceof ServiceError && error.cause ? error.cause : error;
  return `Temporal cannot be used now: ${cause.message}`;
}

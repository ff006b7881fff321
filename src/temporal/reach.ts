/** Waits for the Temporal server as a daemon should: for as long as it takes, with a clear line for each try. */
import { setTimeout as pause } from 'node:timers/promises';
import { Connection, ServiceError, isGrpcServiceError } from '@temporalio/client';
import { NativeConnection, TransportError } from '@temporalio/worker';
import type { TemporalConfig } from '../config';
import type { Logger } from '../logging';
import { connectionOptions } from './connection';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const TRY_MS = 5_000;

/** gRPC status codes, of which the SDK exports no table. */
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

export interface TemporalLinks {
  readonly connection: Connection;
  readonly native: NativeConnection;
  close(): Promise<void>;
}

/**
 * Connects a client and a worker connection, once the server answers and knows our namespace. Never gives up by itself: servers are restarted,
 * namespaces created and keys rotated while this process waits.
 * @throws AbortError when `signal` aborts
 */
export async function reachTemporal(
  temporal: TemporalConfig,
  { log, signal }: { readonly log: Logger; readonly signal: AbortSignal },
): Promise<TemporalLinks> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    signal.throwIfAborted();
    try {
      return await connect(temporal);
    } catch (error) {
      log.warn(
        { address: temporal.address, namespace: temporal.namespace, retryInMs: pauseMs, err: error },
        explain(error, temporal),
      );
    }
    await pause(pauseMs, undefined, { signal });
  }
}

async function connect(temporal: TemporalConfig): Promise<TemporalLinks> {
  const options = connectionOptions(temporal);
  const connection = await Connection.connect({ ...options, connectTimeout: TRY_MS });
  try {
    await connection.withDeadline(Date.now() + TRY_MS, () =>
      connection.workflowService.describeNamespace({ namespace: temporal.namespace }),
    );
    const native = await NativeConnection.connect(options);
    return {
      connection,
      native,
      close: async () => {
        await Promise.allSettled([connection.close(), native.close()]);
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** What is wrong, in words that name the setting to look at. */
export function explain(error: unknown, { address, namespace, tls }: TemporalConfig): string {
  const cause = error instanceof ServiceError && error.cause !== undefined ? error.cause : error;
  const status = isGrpcServiceError(cause) ? cause : undefined;
  if (status?.code === NOT_FOUND)
    return `Temporal at ${address} has no namespace "${namespace}": create it (temporal operator namespace create --namespace ${namespace} --retention 90d) or correct TEMPORAL_NAMESPACE`;
  if (status?.code === UNAUTHENTICATED || status?.code === PERMISSION_DENIED)
    return `Temporal at ${address} refuses us: check TEMPORAL_API_KEY or TEMPORAL_TLS_CLIENT_CERT_PATH, and their rights on namespace "${namespace}"`;
  const text = String(status?.details ?? (cause instanceof Error ? cause.message : cause));
  if (/certificate|handshake|ssl|tls|wrong version/i.test(text))
    return `no TLS connection with Temporal at ${address} (${text}): check TEMPORAL_TLS_*`;
  const hint =
    tls === undefined
      ? 'is it running, does it expect TLS, is TEMPORAL_ADDRESS right?'
      : 'is it running, is TEMPORAL_ADDRESS right?';
  const known = error instanceof TransportError || status !== undefined || cause instanceof Error;
  return `Temporal at ${address} cannot be reached${known ? ` (${text})` : ''}: ${hint}`;
}

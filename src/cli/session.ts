import { Connection } from '@temporalio/client';
import { CardflowClient, TemporalUnavailableError } from '../client/index';
import { loadCliConfig, type CliConfig } from '../config';
import { connectionOptions, temporalClient } from '../temporal/connection';
import type { Io } from './io';

/** A person waits before the terminal: longer than this is no answer. */
const CONNECT_WITHIN_MS = 5_000;

/** Reads the settings and speaks to Temporal for as long as `work` takes. */
export async function withCardflow<T>(
  io: Io,
  work: (cardflow: CardflowClient, config: CliConfig) => Promise<T>,
): Promise<T> {
  const config = loadCliConfig(io.env);
  const connection = Connection.lazy({
    ...connectionOptions(config.temporal),
    connectTimeout: CONNECT_WITHIN_MS,
  });
  try {
    // Said at once and by address, instead of after the retries of each call.
    await connection.ensureConnected().catch((error: unknown) => {
      throw unreachable(config, error);
    });
    const temporal = temporalClient(connection, config);
    return await work(new CardflowClient({ temporal, environment: config.environment }), config);
  } finally {
    await connection.close();
  }
}

function unreachable({ temporal: { address } }: CliConfig, error: unknown): TemporalUnavailableError {
  const why = error instanceof Error ? error.message : String(error);
  return new TemporalUnavailableError(`Temporal at ${address} cannot be reached: ${why}`, { cause: error });
}

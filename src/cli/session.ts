import { CardflowClient } from '../client/index';
import { loadCliConfig, type CliConfig } from '../config';
import { lazyConnection, temporalClient } from '../temporal/connection';
import type { Io } from './io';

/** Reads the settings, speaks to Temporal for as long as `work` takes, and leaves no connection behind. */
export async function withCardflow<T>(
  io: Io,
  work: (cardflow: CardflowClient, config: CliConfig) => Promise<T>,
): Promise<T> {
  const config = loadCliConfig(io.env);
  const connection = lazyConnection(config.temporal);
  try {
    const temporal = temporalClient(connection, config);
    return await work(new CardflowClient({ temporal, environment: config.environment }), config);
  } finally {
    await connection.close();
  }
}

/** Connections to Temporal, made from configuration: address, TLS, API key. */
import { Client, Connection, type TLSConfig } from '@temporalio/client';
import type { TemporalConfig } from '../config';
import { dataConverter, type ConverterConfig } from './data-converter';

export interface LinkOptions {
  readonly address: string;
  readonly apiKey?: string;
  readonly tls: TLSConfig | false;
}

/** What the client's and the worker's connection have in common. */
export function connectionOptions({ address, apiKey, tls }: TemporalConfig): LinkOptions {
  return { address, ...(apiKey === undefined ? {} : { apiKey }), tls: tls ?? false };
}

/** Does not wait for the server: the first call does, and reconnects as often as needed. */
export function lazyConnection(config: TemporalConfig): Connection {
  return Connection.lazy(connectionOptions(config));
}

/** A client that encodes as the workers decode. */
export function temporalClient(
  connection: Connection,
  config: ConverterConfig & { readonly temporal: TemporalConfig },
): Client {
  return new Client({ connection, namespace: config.temporal.namespace, dataConverter: dataConverter(config) });
}

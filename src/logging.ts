/** The one logger: JSON lines on standard output, with nothing in them that must not be kept. */
import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import type { LogLevel } from './config/schemas';
import { describeError, scrub, scrubLine } from './logging/scrub';

export { describeError } from './logging/scrub';
export type { Logger } from 'pino';

export interface LoggerOptions {
  /** Which process writes: worker, gateway, sandbox … */
  readonly service: string;
  readonly level?: LogLevel | 'silent';
  readonly environment?: string;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/**
 * Objects lose secrets by key, errors are reduced to harmless fields, and each finished line passes a scanner for card numbers, tokens, keys and the
 * query part of URLs. FalPay's 19-digit ids survive it (see logging/card-numbers).
 */
export function createLogger({ service, level = 'info', environment, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: environment === undefined ? { service } : { service, environment },
      timestamp: stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => scrub(fields) as Record<string, unknown>,
      },
      // scrub has already turned errors into data, and pino would take that for no error.
      serializers: { err: (value: unknown) => (value instanceof Error ? describeError(value) : value) },
      hooks: { streamWrite: scrubLine },
    },
    ...(destination ? [destination] : []),
  );
}

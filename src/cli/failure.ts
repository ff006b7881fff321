import { isGrpcServiceError } from '@temporalio/client';
import {
  ActionRefusedError,
  CardflowError,
  InvalidInputError,
  SearchAttributesMissingError,
  TemporalUnavailableError,
} from '../client/index';
import { ConfigError } from '../config';
import { InvalidInput } from '../falpay/errors';

export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** A failure with a message for a person; nothing else of it is shown. */
export class CliFailure extends Error {
  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
  ) {
    super(message);
    this.name = 'CliFailure';
  }
}

export interface Told {
  readonly exitCode: number;
  readonly code: string;
  readonly lines: readonly string[];
}

/** What to tell of an error: one fact a line, with what to do next where that is known. */
export function tell(error: unknown): Told {
  if (error instanceof CliFailure) return { exitCode: error.exitCode, code: 'failed', lines: [error.message] };
  if (error instanceof ConfigError) return { exitCode: EXIT.usage, code: 'config', lines: [error.message] };
  if (error instanceof InvalidInputError || error instanceof InvalidInput) {
    const lines = error.issues.map(({ path, message }) => (path ? `${path}: ${message}` : message));
    return { exitCode: EXIT.failed, code: 'invalid-input', lines };
  }
  if (error instanceof SearchAttributesMissingError)
    return { exitCode: EXIT.failed, code: error.code, lines: [error.message] };
  if (error instanceof TemporalUnavailableError) {
    const lines = [
      error.message,
      'check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and that the server runs; the command may be repeated',
    ];
    return { exitCode: EXIT.failed, code: error.code, lines };
  }
  if (error instanceof ActionRefusedError && error.refusal === 'stale') {
    return {
      exitCode: EXIT.failed,
      code: error.code,
      lines: [error.message, 'cardflow status shows the blocks of now'],
    };
  }
  if (error instanceof CardflowError) return { exitCode: EXIT.failed, code: error.code, lines: [error.message] };
  return { exitCode: EXIT.failed, code: 'unexpected', lines: [messageOf(error)] };
}

/** The SDK says what it was about to do, the server why it could not. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (isGrpcServiceError(cause)) return `${error.message}: ${cause.details}`;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}

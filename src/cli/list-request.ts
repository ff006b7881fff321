/** The filters of a list as options of a command. */
import type { Command } from 'commander';
import { InvalidInputError, fieldIssues, listQuery, type FieldIssue, type ListRequest } from '../client/index';
import { FLOW_KINDS } from '../messages';
import { CliFailure, EXIT } from './failure';

export function filterOptions(command: Command): Command {
  return command
    .option('--stage <stage>', 'RUNNING, WAITING, ACTION_REQUIRED, BLOCKED, COMPLETED or ABORTED')
    .option('--kind <kind>', FLOW_KINDS.join(' or '))
    .option('--reason <reason>', 'why it is blocked, as in OUTCOME_UNKNOWN')
    .option('--merchant-order-no <number>', 'everything of one merchant');
}

export function listRequest(options: Readonly<Record<string, string>>): ListRequest {
  const parsed = listQuery.safeParse(options);
  if (parsed.success) return parsed.data;
  throw usageFault(fieldIssues(parsed.error, options));
}

/** Values that options cannot have: named as they were written, and told as a mistake of usage. */
export function usageFault(issues: readonly FieldIssue[]): CliFailure {
  return new CliFailure(issues.map(({ path, message }) => `${optionFor(path)}: ${message}`).join('\n'), EXIT.usage);
}

/** What the client finds wrong with them, for a `catch`. */
export function namingOptions(error: unknown): never {
  throw error instanceof InvalidInputError ? usageFault(error.issues) : error;
}

/** `merchantOrderNo` → `--merchant-order-no` */
export function optionFor(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

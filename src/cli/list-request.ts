/** The filters of a list as options of a command. */
import type { Command } from 'commander';
import { InvalidInputError, fieldIssues, listQuery, type ListRequest } from '../client/index';
import { FLOW_KINDS } from '../messages';

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
  throw new InvalidInputError(
    fieldIssues(parsed.error, options).map(({ path, message }) => ({ path: optionFor(path), message })),
  );
}

/** `merchantOrderNo` → `--merchant-order-no` */
export function optionFor(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

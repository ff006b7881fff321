/** One thing that was tried in vain, and what the reader can do about it. */
export interface Attempt {
  readonly tried: string;
  readonly outcome: string;
  readonly remedy: string;
}

/**
 * Something the machine lacks, or that stands in the way, told in one message with a remedy for each thing tried.
 * The entry points print the message alone: a stack trace would only hide it.
 */
export class BootstrapFailure extends Error {
  constructor(
    what: string,
    readonly attempts: readonly Attempt[],
  ) {
    super([what, ...attempts.map(describe)].join('\n'));
    this.name = 'BootstrapFailure';
  }
}

/** A single cause with a single remedy. */
export function failure(what: string, remedy: string): BootstrapFailure {
  return new BootstrapFailure(`${what}\n  → ${indent(remedy)}`, []);
}

function describe({ tried, outcome, remedy }: Attempt): string {
  return `  - ${tried}: ${indent(outcome)}\n    → ${indent(remedy)}`;
}

function indent(text: string): string {
  return text.trim().replace(/\n(?=[^\n])/g, '\n      ');
}

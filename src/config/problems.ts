/** Configuration mistakes: collected, and told all at once. */

export interface Problem {
  /** The setting's name, with the place inside it where it is a file or JSON: `CARDFLOW_TIMINGS: merchant-audit.ladder.0`. */
  readonly setting: string;
  /** What is wrong. Never holds a secret's value. */
  readonly problem: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Thrown by the `load…Config` functions; the message lists every mistake with its remedy. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    const lines = problems.map(({ setting, problem, remedy }) => `  ${setting}: ${problem}\n    → ${remedy}`);
    super(
      `the configuration has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n${lines.join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

export class Problems {
  private readonly found: Problem[] = [];

  add(setting: string, problem: string, remedy: string): undefined {
    if (!this.found.some((known) => known.setting === setting && known.problem === problem))
      this.found.push({ setting, problem, remedy });
    return undefined;
  }

  /** True when nothing has been found for this setting. */
  clean(setting: string): boolean {
    return !this.found.some((known) => known.setting === setting || known.setting.startsWith(`${setting}:`));
  }

  throwIfAny(): void {
    if (this.found.length > 0) throw new ConfigError(this.found);
  }
}

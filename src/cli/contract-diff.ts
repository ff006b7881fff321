import type { Command } from 'commander';
import type { FalpayProfile } from '../falpay';
import { diffAsText, diffContract, draftFor, type ProfileDraft, sameFields } from '../falpay/contract/diff';
import { CliFailure } from './failure';
import { readGiven, writeText, type Io } from './io';

interface DiffOptions {
  readonly writeProfile?: string;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly exitCode?: boolean;
}

/** `contract diff`: the day FalPay's documentation arrives. */
export function contractDiffCommand(contract: Command, io: Io, profileOf: () => FalpayProfile): void {
  contract
    .command('diff')
    .description('compare it with FalPay’s OpenAPI 3.0 or 3.1, JSON or YAML, as Apifox exports it')
    .argument('<file>', 'the document; - for standard input')
    .option('--write-profile <file>', 'draft the profile that says what the document says, for FALPAY_PROFILE')
    .option('--all', 'list what is the same, too')
    .option('--exit-code', 'exit with 1 when anything differs')
    .option('--json', 'print JSON')
    .action(async (file: string, options: DiffOptions) => {
      const profile = profileOf();
      const text = (await readGiven(io, file)).toString();
      const source = file === '-' ? 'standard input' : file;
      const diff = diffContract(profile, text, source);
      const draft = options.writeProfile === undefined ? undefined : draftFor(profile, text, source);
      if (options.writeProfile !== undefined && draft !== undefined)
        writeText(options.writeProfile, JSON.stringify(draft.override, null, 2));

      if (options.json) {
        const { differences, operations, notes } = diff;
        io.out(JSON.stringify({ differences, same: sameFields(diff), operations, notes, draft }, null, 2));
      } else {
        io.out(diffAsText(diff, options));
        if (draft !== undefined && options.writeProfile !== undefined) io.out(told(options.writeProfile, draft));
      }
      if (options.exitCode && diff.differences.length > 0)
        throw new CliFailure(`the document differs in ${diff.differences.length} places`);
    });
}

function told(file: string, { refused, guesses, open }: ProfileDraft): string {
  const list = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [heading, ...lines.map((line) => `  ${line}`)];
  return [
    `\n${file}: a draft. Read it, then set FALPAY_PROFILE to it and compare again.`,
    ...list('Guesses to be confirmed:', guesses),
    ...list('Left out:', refused),
    ...list('Left to decide:', open),
  ].join('\n');
}

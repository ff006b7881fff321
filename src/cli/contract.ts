import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { loadOfflineConfig } from '../config';
import type { FalpayProfile } from '../falpay';
import { contractQuestions, questionsAsText } from '../falpay/contract/docs/questions';
import { contractTable } from '../falpay/contract/docs/table';
import { openApiDocument } from '../falpay/contract/openapi/document';
import { contractDiffCommand } from './contract-diff';
import { writeText, type Io } from './io';

interface Output {
  readonly out?: string;
}

/** `contract export`, `diff`, `questions`, `table`: the contract for people and other programs. */
export function contractCommands(program: Command, io: Io): void {
  const contract = program
    .command('contract')
    .description('FalPay’s contract as the profile has it: show it, export it, compare it with FalPay’s documentation');

  withOutput(contract.command('export'))
    .description('write it as OpenAPI 3.1, callbacks as webhooks, with the provenance of each part as x-provenance')
    .addOption(new Option('--format <format>').choices(['json', 'yaml']).default('json'))
    .action(({ format, ...output }: Output & { format: 'json' | 'yaml' }) => {
      const document = openApiDocument(profileOf(io));
      write(io, output, format === 'yaml' ? stringify(document, { lineWidth: 0 }) : JSON.stringify(document, null, 2));
    });

  contractDiffCommand(contract, io, () => profileOf(io));

  withOutput(contract.command('questions'))
    .description('every assumption as a question to the provider, in Chinese and English')
    .option('--json', 'print JSON')
    .action(({ json, ...output }: Output & { json?: boolean }) => {
      const questions = contractQuestions(profileOf(io));
      write(io, output, json ? JSON.stringify(questions, null, 2) : questionsAsText(questions));
    });

  withOutput(contract.command('table'))
    .description('every operation, callback and model as Markdown: docs/contract.md')
    .action((output: Output) => write(io, output, contractTable(profileOf(io))));
}

const withOutput = (command: Command): Command =>
  command.option('--out <file>', 'write it there instead of printing it');

const profileOf = (io: Io): FalpayProfile => loadOfflineConfig(io.env).profile;

function write(io: Io, { out }: Output, text: string): void {
  if (out === undefined) return io.out(text.trimEnd());
  writeText(out, text);
}

/** `sandbox faults`, `settings`, `plans`: how the sandbox behaves. */
import type { Command } from 'commander';
import { CliFailure, EXIT } from '../failure';
import { parseJson, readJson, type Io } from '../io';
import * as answers from './answers';
import type { Add, Common } from './commands';
import { renderFaults, renderPlans, renderSettings } from './render';

interface FaultOptions extends Common {
  readonly operation?: string;
  readonly topic?: string;
  readonly orderNo?: string;
  readonly times?: string;
  readonly skip?: string;
  readonly probability?: string;
  readonly ms?: string;
  readonly status?: string;
  readonly committed: boolean;
  readonly seed?: string;
  readonly add?: boolean;
  readonly file?: string;
}

export function steeringCommands(sandbox: Command, io: Io, add: Add): void {
  faultCommands(sandbox.command('faults').description('what goes wrong on purpose'), io, add);
  planCommands(sandbox.command('plans').description('how what does not exist yet will turn out'), add);

  add(
    sandbox,
    'settings [name=value...]',
    'show the settings, or change some: merchantAuditDelay=manual callbackUrl=null callbackLadder=[0,5000]',
    async (control, changes) => {
      const answer =
        changes.length === 0
          ? await control.get(answers.settings, ['settings'])
          : await control.put(answers.settings, ['settings'], Object.fromEntries(changes.map(changeOf)));
      return { answer, text: renderSettings(answer) };
    },
  );
}

function faultCommands(faults: Command, io: Io, add: Add): void {
  add(faults, 'list', 'the rules, with how often each matched and happened', async (control) => {
    const answer = await control.get(answers.faults, ['faults']);
    return { answer, text: renderFaults(answer) };
  });

  add<FaultOptions>(
    faults,
    'set [fault]',
    'have this go wrong, in place of the rules that are there',
    async (control, [fault], options) => {
      const answer = await control.put(
        answers.faults,
        ['faults'],
        await bodyOf(io, fault, options, () => control.get(answers.faults, ['faults'])),
      );
      return { answer, text: renderFaults(answer) };
    },
  )
    .option('--operation <name>', 'only this call')
    .option('--topic <topic>', 'only this callback')
    .option('--order-no <number>', 'only this order number')
    .option('--times <count>', 'so often; default: always')
    .option('--skip <count>', 'let so many pass first')
    .option('--probability <p>', 'from 0 to 1, drawn by the seed')
    .option('--ms <milliseconds>', 'latency, delayCallback, reorderCallback, rateLimit: how long')
    .option('--status <code>', 'http5xx: which; default 503')
    .option('--no-committed', 'http5xx, unreadable: the call is not carried out')
    .option('--seed <seed>', 'the same seed, rules and calls give the same faults')
    .option('--add', 'keep the rules that are there; counting starts anew')
    .option('--file <file>', 'all rules from a file instead, {"rules": […]}; - for standard input');

  add(faults, 'clear', 'nothing goes wrong any more', async (control) => {
    const answer = await control.delete(answers.faults, ['faults']);
    return { answer, text: renderFaults(answer) };
  });
}

/** What is wrong with a rule is the sandbox's to say: it knows which faults there are. */
async function bodyOf(
  io: Io,
  fault: string | undefined,
  { file, seed, add, committed, operation, topic, orderNo, ...numbers }: FaultOptions,
  current: () => Promise<{ readonly rules: readonly { readonly rule: object }[] }>,
): Promise<unknown> {
  if ((fault === undefined) === (file === undefined))
    throw new CliFailure('name a fault, or give --file <file>', EXIT.usage);
  if (file !== undefined) return readJson(io, file);
  const { times, skip, probability, ms, status } = numbers;
  const rule = {
    fault,
    operation,
    topic,
    orderNo,
    times: number(times),
    skip: number(skip),
    probability: number(probability),
    ms: number(ms),
    status: number(status),
    ...(committed ? {} : { committed }),
  };
  const before = add ? (await current()).rules.map((counted) => counted.rule) : [];
  return { seed, rules: [...before, rule] };
}

/** What is no number goes on as it is, and is refused with the name of its field. */
function number(text: string | undefined): number | string | undefined {
  return text === undefined || text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
}

function planCommands(plans: Command, add: Add): void {
  add(plans, 'list', 'the plans that are not used up', async (control) => {
    const answer = await control.get(answers.plans, ['plans']);
    return { answer, text: renderPlans(answer) };
  });
  add(
    plans,
    'add <json>',
    'for example \'{"step":"merchant-audit","reason":"…"}\' or \'{"step":"recharge","arrivals":[{"amount":"60.00","final":true}]}\'',
    async (control, [json = '']) => {
      const plan = parseJson(json, 'the plan');
      if (plan === null || typeof plan !== 'object') throw new CliFailure('the plan must be a JSON object', EXIT.usage);
      const answer = await control.post(answers.plans, ['plans'], plan);
      return { answer, text: renderPlans(answer) };
    },
  );
  add(plans, 'clear', 'forget them', async (control) => {
    const answer = await control.delete(answers.plans, ['plans']);
    return { answer, text: renderPlans(answer) };
  });
}

/** `name=value`; a value that is JSON is taken as JSON, everything else as text. */
function changeOf(text: string): readonly [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw new CliFailure(`"${text}" is no change: write name=value`, EXIT.usage);
  const value = text.slice(at + 1);
  try {
    return [text.slice(0, at), JSON.parse(value)];
  } catch {
    return [text.slice(0, at), value];
  }
}

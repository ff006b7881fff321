import { Option, type Command } from 'commander';
import { CliFailure, EXIT } from './failure';
import type { Io } from './io';
import * as answers from './sandbox/answers';
import { cardCommands } from './sandbox/cards';
import { adder, type Add, type Common } from './sandbox/commands';
import { insightCommands } from './sandbox/insight';
import { cardholderLine, merchantLine, rechargeLine, walletLine, withdrawalLine } from './sandbox/render';
import { steeringCommands } from './sandbox/steering';

const KINDS = ['merchant', 'wallet', 'cardholder'] as const;

interface WithReason extends Common {
  readonly reason?: string;
}

/** `sandbox …`: what the sandbox's control plane offers. Needs no Temporal and no gateway. */
export function sandboxCommands(program: Command, io: Io): void {
  const sandbox = program
    .command('sandbox')
    .description(
      'decide audits, move money and make things go wrong in the FalPay sandbox; the same as a page: /sandbox',
    );
  const add = adder(io);
  insightCommands(sandbox, add);
  auditCommands(sandbox, add);
  moneyCommands(sandbox, add);
  cardCommands(sandbox, add);
  steeringCommands(sandbox, io, add);
}

/** Names are FalPay's ids or our order numbers. */
function auditCommands(sandbox: Command, add: Add): void {
  for (const [name, decision] of [
    ['approve', 'APPROVED'],
    ['reject', 'REJECTED'],
  ] as const) {
    add<WithReason>(
      sandbox,
      `${name} <${KINDS.join('|')}> <name>`,
      `${name} an audit that is open; the name is our order number or FalPay’s id`,
      async (control, [kind = '', which = ''], { reason }) => {
        const body = { decision, reason };
        switch (kindOf(kind)) {
          case 'merchant': {
            const answer = await control.post(answers.merchant, ['audits', 'merchants', which], body);
            return { answer, text: merchantLine(answer) };
          }
          case 'wallet': {
            const answer = await control.post(answers.wallet, ['audits', 'wallets', which], body);
            return { answer, text: walletLine(answer) };
          }
          case 'cardholder': {
            const answer = await control.post(answers.cardholder, ['audits', 'cardholders', which], body);
            return { answer, text: cardholderLine(answer) };
          }
        }
      },
    ).option('--reason <text>', 'told to the merchant as it is');
  }
}

function kindOf(text: string): (typeof KINDS)[number] {
  const kind = KINDS.find((one) => one === text);
  if (kind === undefined) throw new CliFailure(`"${text}" has no audits; ${KINDS.join(', ')} have`, EXIT.usage);
  return kind;
}

interface Arrival extends Common {
  readonly amount?: string;
  readonly currency?: string;
  readonly final?: boolean;
  readonly more?: boolean;
}

function moneyCommands(sandbox: Command, add: Add): void {
  add<Arrival>(
    sandbox,
    'pay <recharge>',
    'let money arrive for a recharge order; without --amount what is missing of it',
    async (control, [which = ''], { amount, currency, final, more }) => {
      const answer = await control.post(answers.recharge, ['recharges', which, 'arrivals'], {
        amount,
        currency,
        final: final ? true : more ? false : undefined,
      });
      return { answer, text: rechargeLine(answer) };
    },
  )
    .option('--amount <amount>', 'what the payer sent, before fees; may be short or over')
    .option('--currency <currency>', 'of what was sent; default: the order’s')
    .addOption(new Option('--final', 'the order ends with it, also when it is short').conflicts('more'))
    .option('--more', 'the order stays open: more follows');

  add(sandbox, 'fail <recharge>', 'end a recharge order for which nothing came', async (control, [which = '']) => {
    const answer = await control.post(answers.recharge, ['recharges', which, 'fail']);
    return { answer, text: rechargeLine(answer) };
  });

  const withdrawal = sandbox.command('withdrawal').description('end a withdrawal');
  for (const [name, status] of [
    ['finish', 'SUCCESS'],
    ['fail', 'FAILED'],
  ] as const) {
    add<WithReason>(
      withdrawal,
      `${name} <withdrawal>`,
      status === 'SUCCESS' ? 'the bank has paid it out' : 'the bank refuses it; what was set aside is free again',
      async (control, [which = ''], { reason }) => {
        const answer = await control.post(answers.withdrawal, ['withdrawals', which, 'finish'], { status, reason });
        return { answer, text: withdrawalLine(answer) };
      },
    ).option('--reason <text>', 'why');
  }
}

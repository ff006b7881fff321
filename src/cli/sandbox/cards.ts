/** `sandbox card …`, `authorize`, `settle`, `reverse`, `refund`: cards, and what shops do with them. */
import { Option, type Command } from 'commander';
import { CliFailure, EXIT } from '../failure';
import * as answers from './answers';
import type { Add, Common } from './commands';
import { cardLine, payOrderLine } from './render';

const STATUSES = ['ACTIVE', 'FROZEN', 'CANCELLED', 'EXPIRED'] as const;

interface WithReason extends Common {
  readonly reason?: string;
}
interface Purchase extends Common {
  readonly currency?: string;
  readonly billingAmount?: string;
  readonly fee?: string;
  readonly shop?: string;
  readonly mcc?: string;
  readonly country?: string;
  readonly decline?: string;
}
interface Part extends Common {
  readonly amount?: string;
  readonly more?: boolean;
}

export function cardCommands(sandbox: Command, add: Add): void {
  const card = sandbox.command('card').description('issue, freeze, unfreeze, cancel');
  add<WithReason>(
    card,
    'status <card> <status>',
    `${STATUSES.join(', ').toLowerCase()}: unfreeze, freeze, cancel, let it expire`,
    async (control, [which = '', wanted = ''], { reason }) => {
      const status = STATUSES.find((one) => one === wanted.toUpperCase());
      if (status === undefined) throw new CliFailure(`"${wanted}" is none of ${STATUSES.join(', ')}`, EXIT.usage);
      const answer = await control.post(answers.card, ['cards', which, 'status'], { status, reason });
      return { answer, text: cardLine(answer) };
    },
  ).option('--reason <text>', 'told in the callback');
  add(card, 'issue <card>', 'the card becomes active', async (control, [which = '']) => {
    const answer = await control.post(answers.card, ['cards', which, 'issue']);
    return { answer, text: cardLine(answer) };
  });
  add<WithReason>(card, 'fail <card>', 'the card is not issued', async (control, [which = ''], { reason }) => {
    const answer = await control.post(answers.card, ['cards', which, 'issue'], { outcome: 'FAILED', reason });
    return { answer, text: cardLine(answer) };
  }).option('--reason <text>', 'why');
  add(card, 'monthly-fee <card>', 'charge the monthly fee', async (control, [which = '']) => {
    const answer = await control.post(answers.card, ['cards', which, 'monthly-fee']);
    return { answer, text: cardLine(answer) };
  });

  add<Purchase>(
    sandbox,
    'authorize <card> <amount>',
    'pay in a shop; approved when the card may and can',
    async (control, [which = '', amount], { billingAmount, currency, fee, shop, mcc, country, decline }) => {
      const answer = await control.post(answers.payOrder, ['cards', which, 'authorizations'], {
        amount,
        currency,
        billingAmount,
        fee,
        merchantName: shop,
        mcc,
        merchantCountry: country,
        decline,
      });
      return { answer, text: payOrderLine(answer) };
    },
  )
    .option('--currency <currency>', 'the shop’s; default: the card’s')
    .option('--billing-amount <amount>', 'in the card’s currency; needed when the shop’s is another')
    .option('--fee <amount>', 'held and taken with the amount')
    .option('--shop <name>', 'its name')
    .option('--mcc <code>', 'four digits')
    .option('--country <code>', 'the shop’s')
    .option('--decline <reason>', 'decline, whatever the card holds');

  const after = (name: 'settle' | 'reverse' | 'refund', description: string): Command =>
    add<Part>(
      sandbox,
      `${name} <card> <payOrderNo>`,
      description,
      async (control, [which = '', payOrderNo = ''], { amount, more }) => {
        const body = { amount, ...(more ? { final: false } : {}) };
        const answer = await control.post(answers.payOrder, ['cards', which, 'authorizations', payOrderNo, name], body);
        return { answer, text: payOrderLine(answer) };
      },
    ).option('--amount <amount>', 'in the card’s currency; default: all of it');
  after('settle', 'the shop takes what was authorised, less, or more').addOption(
    new Option('--more', 'more settlements of it follow'),
  );
  after('reverse', 'what is held is free again');
  after('refund', 'the shop gives back what was settled');
}

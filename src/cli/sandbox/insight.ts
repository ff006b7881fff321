/** `sandbox status`, `list`, `ledger`, `callbacks`, `resend`, `requests`: what goes on inside. */
import type { Command } from 'commander';
import { CliFailure, EXIT } from '../failure';
import * as answers from './answers';
import type { State } from './answers';
import type { Add, Common } from './commands';
import {
  cardholderLine,
  cardLine,
  lastTry,
  merchantLine,
  payOrderLine,
  rechargeLine,
  renderCallbacks,
  renderLedger,
  renderRequests,
  renderStatus,
  walletLine,
  withdrawalLine,
} from './render';

interface Listing extends Common {
  readonly limit?: string;
}
interface CallbackFilter extends Listing {
  readonly topic?: string;
  readonly ref?: string;
  readonly state?: string;
}
interface RequestFilter extends Listing {
  readonly operation?: string;
  readonly orderNo?: string;
}

const LISTS: Readonly<
  Record<string, (state: State) => { readonly items: unknown; readonly lines: readonly string[] }>
> = {
  merchants: ({ merchants }) => ({ items: merchants, lines: merchants.map(merchantLine) }),
  wallets: ({ wallets }) => ({ items: wallets, lines: wallets.map(walletLine) }),
  cardholders: ({ cardholders }) => ({ items: cardholders, lines: cardholders.map(cardholderLine) }),
  recharges: ({ recharges }) => ({ items: recharges, lines: recharges.map(rechargeLine) }),
  withdrawals: ({ withdrawals }) => ({ items: withdrawals, lines: withdrawals.map(withdrawalLine) }),
  cards: ({ cards }) => ({ items: cards, lines: cards.map(cardLine) }),
  payments: ({ payOrders }) => ({ items: payOrders, lines: payOrders.map(payOrderLine) }),
};

export function insightCommands(sandbox: Command, add: Add): void {
  add(sandbox, 'status', 'what there is, whether it adds up, and what waits for you', async (control) => {
    const [state, ledger] = await Promise.all([
      control.get(answers.state, ['state']),
      control.get(answers.ledger, ['ledger']),
    ]);
    return { answer: { url: control.url, ...state, ledger }, text: renderStatus(control.url, state, ledger) };
  });

  limited(
    add<Listing>(
      sandbox,
      `list <${Object.keys(LISTS).join('|')}>`,
      'the latest of a kind, newest first',
      async (control, [kind = ''], { limit }) => {
        const list = LISTS[kind];
        if (list === undefined)
          throw new CliFailure(`"${kind}" is no list; lists: ${Object.keys(LISTS).join(', ')}`, EXIT.usage);
        const { items, lines } = list(await control.get(answers.state, ['state'], { limit }));
        return { answer: items, text: lines.length === 0 ? `no ${kind}` : lines.join('\n') };
      },
    ),
  );

  add(sandbox, 'ledger', 'accounts, and whether every rule of the ledger holds', async (control) => {
    const answer = await control.get(answers.ledger, ['ledger']);
    // The exit code is what a script looks at.
    if (!answer.balanced) throw new CliFailure(`the ledger does not add up: ${answer.violations.join('; ')}`);
    return { answer, text: renderLedger(answer) };
  });

  limited(
    add<CallbackFilter>(
      sandbox,
      'callbacks',
      'callbacks with their tries, newest first',
      async (control, _names, { topic, ref, state, limit }) => {
        const answer = await control.get(answers.callbacks, ['callbacks'], { topic, ref, state, limit });
        return { answer, text: renderCallbacks(answer) };
      },
    )
      .option('--topic <topic>', 'only this one')
      .option('--ref <id>', 'only about this one, by FalPay’s id')
      .option('--state <state>', 'PENDING, HELD, DROPPED, ACKNOWLEDGED or GIVEN_UP'),
  );

  add(sandbox, 'resend <eventId>', 'send a callback again, whatever became of it', async (control, [eventId = '']) => {
    const answer = await control.post(answers.callback, ['callbacks', eventId, 'resend']);
    return {
      answer,
      text: `callback ${answer.eventId} (${answer.topic}): ${answer.state}, before: ${lastTry(answer) || 'never sent'}`,
    };
  });

  limited(
    add<RequestFilter>(
      sandbox,
      'requests',
      'the calls that came, oldest first',
      async (control, _names, { operation, orderNo, limit }) => {
        const answer = await control.get(answers.requests, ['requests'], { operation, orderNo, limit });
        return { answer, text: renderRequests(answer) };
      },
    )
      .option('--operation <name>', 'only this one')
      .option('--order-no <number>', 'only this order number'),
  );
}

const limited = (command: Command): Command => command.option('--limit <count>', 'at most so many; default 100');

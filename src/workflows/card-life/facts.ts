/** What became of a card, as it is told to the backend and kept for people. */
import type { CardHappening, CardPayOrder, CardStanding, Claim } from '../../messages';
import type { Outbox } from '../flow/outbox';
import { now } from '../flow/record';

const EVENTS_KEPT = 50;

export class CardFacts {
  private happenings: readonly CardHappening[];

  constructor(
    private readonly outbox: Outbox,
    happenings: readonly CardHappening[] = [],
  ) {
    this.happenings = happenings;
  }

  get newest(): readonly CardHappening[] {
    return this.happenings;
  }

  statusChanged({ cardId, walletId }: CardStanding, { status, time, reason }: Claim): void {
    this.add({ what: 'status', at: now(), occurredAt: time, status, ...(reason !== undefined && { reason }) });
    const details = { cardId, walletId, status, reason, operateTime: time };
    this.outbox.tell('card.status', details, factKey(status, time));
  }

  /** FalPay shows another status than was told last, and no callback said since when. */
  statusSeen({ cardId, walletId, status }: CardStanding, seenAt: string): void {
    this.add({ what: 'status', at: now(), occurredAt: seenAt, status });
    this.outbox.tell('card.status', { cardId, walletId, status });
  }

  /** @param namesAmounts an amount that changes without the status is a fact of its own */
  authorized(order: CardPayOrder, walletId: string | undefined, namesAmounts: boolean): void {
    const { payOrderNo, type, status, billingAmount: amount, billingCurrency: currency, merchantName } = order;
    const occurredAt = order.settleTime ?? order.transactionTime;
    const money = { amount, currency, merchantName };
    const fact = namesAmounts ? [payOrderNo, status, amount, order.fee] : [payOrderNo, status];
    this.add({ what: 'authorization', at: now(), occurredAt, payOrderNo, type, status, ...money });
    this.outbox.tell('card.authorization', { walletId, ...order }, factKey(...fact));
  }

  /** By the time at which it happened: what comes late, or once more, displaces nothing newer. */
  add(event: CardHappening): void {
    if (this.happenings.some((known) => nameOf(known) === nameOf(event))) return;
    this.happenings = [...this.happenings, event]
      .sort((left, right) => (left.occurredAt < right.occurredAt ? -1 : left.occurredAt > right.occurredAt ? 1 : 0))
      .slice(-EVENTS_KEPT);
  }
}

function nameOf(event: CardHappening): string {
  return event.what === 'status'
    ? `${event.status} ${event.occurredAt}`
    : `${event.payOrderNo} ${event.status} ${event.amount}`;
}

/** Names a fact in the id of its delivery: of other signs only their code is left. */
export function factKey(...parts: readonly string[]): string {
  return parts
    .join('-')
    .replaceAll(' ', '-')
    .replaceAll(/[^A-Za-z0-9_.:-]/gu, (sign) => `_${sign.codePointAt(0)?.toString(16) ?? ''}_`)
    .slice(0, 120);
}

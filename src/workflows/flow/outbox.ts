/** What a flow tells others: results for the backend, news for the wallet's register. No step waits for either. */
import { condition } from '@temporalio/workflow';
import type { EventType, FlowEvent, FlowKind, FlowPolicy, WalletNews } from '../../messages';
import { ownFacts } from './calls';
import { now } from './record';

/** Theirs are works for the operator's eyes; a delivery that told of itself would never end. */
const SILENT: readonly FlowKind[] = ['parked', 'delivery', 'wallet', 'reconciliation'];

/** As many as are started well within the limit of a local activity: a batch that never fits would hold up its flow for ever. */
const EVENTS_AT_ONCE = 25;

export class Outbox {
  private readonly events: FlowEvent[] = [];
  private readonly news: WalletNews[] = [];
  /** How many were told; a run that continues another goes on from there. */
  told = 0;
  private underWay = 0;

  constructor(
    private readonly flow: { readonly kind: FlowKind; readonly number: string },
    private readonly policy: () => FlowPolicy,
  ) {}

  get tells(): boolean {
    return this.policy().tellsEvents === true && !SILENT.includes(this.flow.kind);
  }

  /** @param key names the fact itself, so that telling it again, in whichever run, is no second event */
  tell(type: EventType, details: FlowEvent['details'], key?: string): void {
    if (!this.tells) return;
    this.told += 1;
    this.events.push({
      type,
      timestamp: now(),
      flow: this.flow,
      sequence: this.told,
      ...(key && { key }),
      details,
    });
  }

  register(news: WalletNews): void {
    if (!this.policy().registers) return;
    const last = this.news.at(-1);
    // What gathers for one wallet is one message to it.
    if (last?.walletId === news.walletId) this.news[this.news.length - 1] = together(last, news);
    else this.news.push(news);
  }

  /**
   * Hands on what has gathered since the last time, in one marker of the history. It waits for no earlier one: what is scheduled when another local
   * activity ends comes in another order on replay.
   */
  flush(): void {
    while (!this.isEmpty) {
      const events = this.events.splice(0, EVENTS_AT_ONCE);
      const news = this.news.splice(0);
      this.underWay += 1;
      void ownFacts.publish({ events, news }).finally(() => (this.underWay -= 1));
    }
  }

  /** Before a flow ends or continues as new: what it said must be on its way. */
  async emptied(): Promise<void> {
    do {
      this.flush();
      await condition(() => this.underWay === 0);
    } while (!this.isEmpty);
  }

  private get isEmpty(): boolean {
    return this.events.length === 0 && this.news.length === 0;
  }
}

function together(first: WalletNews, second: WalletNews): WalletNews {
  const orders = [...(first.orders ?? []), ...(second.orders ?? [])];
  const cards = [...(first.cards ?? []), ...(second.cards ?? [])];
  return {
    walletId: first.walletId,
    merchantId: first.merchantId ?? second.merchantId,
    currency: first.currency ?? second.currency,
    ...(orders.length > 0 && { orders }),
    ...(cards.length > 0 && { cards }),
  };
}

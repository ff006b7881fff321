/** What a flow tells others: results for the backend, news for the wallet's register. No step waits for either. */
import { condition } from '@temporalio/workflow';
import type { EventType, FlowEvent, FlowKind, FlowPolicy, WalletNews } from '../../messages';
import { ownFacts } from './calls';
import { now } from './record';

export class Outbox {
  private events: FlowEvent[] = [];
  private news: WalletNews[] = [];
  /** How many were told; a run that continues another goes on from there. */
  told = 0;
  private underWay = 0;

  constructor(
    private readonly flow: { readonly kind: FlowKind; readonly number: string },
    private readonly policy: () => FlowPolicy,
  ) {}

  /** @param key names the fact itself, so that telling it again, in whichever run, is no second event */
  tell(type: EventType, details: FlowEvent['details'], key?: string): void {
    if (!this.policy().tellsEvents) return;
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
    if (this.policy().registers) this.news.push(news);
  }

  /** Hands on what has gathered since the last time, in one marker of the history. */
  flush(): void {
    const { events, news } = this;
    if (events.length === 0 && news.length === 0) return;
    this.events = [];
    this.news = [];
    this.underWay += 1;
    void ownFacts.publish({ events, news }).finally(() => (this.underWay -= 1));
  }

  /** Before a flow ends or continues as new: what it said must be on its way. */
  async emptied(): Promise<void> {
    this.flush();
    await condition(() => this.underWay === 0);
  }
}

/** A flow of many cards does not storm FalPay, however many of them people have answered together. */
import { beganWith } from '../../messages';
import type { Flow } from './flow';
import type { Order, Placed } from './order';
import { place } from './order';

/** Calls that create something for one flow and are under way at a time. */
const AT_A_TIME = 8;

export class Turnstile {
  private inside = 0;

  constructor(private readonly flow: Flow<unknown>) {}

  /** As {@link place}, where each call waits for its turn. It holds the turn for the call alone: what its outcome waits for, a person perhaps, may take days. */
  place<T>(order: Order<T>): Promise<Placed<T>> {
    return beganWith(this.flow.policy, 3) ? this.placeInTurn(order) : place(this.flow, order);
  }

  private async placeInTurn<T>(order: Order<T>): Promise<Placed<T>> {
    // Before the order counts as sent: an abort meanwhile leaves nothing behind.
    await this.enter();
    let entered = true;
    const leave = () => {
      if (entered) this.inside -= 1;
      entered = false;
    };
    try {
      return await place(this.flow, {
        ...order,
        send: async (calls, permit) => {
          if (!entered) await this.enter();
          entered = true;
          return order.send(calls, permit).finally(leave);
        },
      });
    } finally {
      leave();
    }
  }

  private async enter(): Promise<void> {
    // Several wake at once, and only the first finds room.
    while (this.inside >= AT_A_TIME) await this.flow.until(() => this.inside < AT_A_TIME, Infinity, '');
    this.inside += 1;
  }
}

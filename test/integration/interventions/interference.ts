/** Stands between flows and FalPay: holds a call back while somebody presses a button, keeps FalPay away, or loses its answer. */
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../../src/activities';
import type { CreatingOperation } from '../../../src/messages';

/**
 * `before`: the call is on its way and has not arrived. `after`: FalPay has carried it out, its answer is on its way.
 * `away`: FalPay cannot be reached. `lost`: carried out, and the answer never comes.
 */
export type Hitch = 'before' | 'after' | 'away' | 'lost';

interface Interference {
  readonly hitch: Hitch;
  readonly reached: () => void;
  readonly over: Promise<void>;
  isOver: boolean;
}

/** Less than a call may take, so that a look-up's proof of absence still counts. */
const HELD_AT_MOST_MS = 400;

const ORDER_NO: Readonly<Record<CreatingOperation, (given: never) => string>> = {
  createMerchant: ({ order }: { order: { merchantOrderNo: string } }) => order.merchantOrderNo,
  updateMerchant: ({ order }: { order: { merchantId: string } }) => order.merchantId,
  openWallet: ({ order }: { order: { walletOrderNo: string } }) => order.walletOrderNo,
  createRecharge: ({ order }: { order: { rechargeOrderNo: string } }) => order.rechargeOrderNo,
  createWithdrawal: ({ order }: { order: { withdrawOrderNo: string } }) => order.withdrawOrderNo,
  updateWalletStatus: ({ label }: { label: string }) => label.split(' ')[0] ?? '',
  createCardholder: ({ order }: { order: { cardholderOrderNo: string } }) => order.cardholderOrderNo,
  applyCard: ({ order }: { order: { cardOrderNo: string } }) => order.cardOrderNo,
  increaseCardLimit: ({ order }: { order: { limitOrderNo: string } }) => order.limitOrderNo,
  decreaseCardLimit: ({ order }: { order: { limitOrderNo: string } }) => order.limitOrderNo,
};

export class Interferences {
  private readonly planned = new Map<string, Interference>();
  private readonly held = new Map<string, number>();

  /** @returns the moment in which the call is hit, and how to let it go on */
  plan(operation: CreatingOperation, orderNo: string, hitch: Hitch): { reached: Promise<void>; letGo: () => void } {
    let reached = (): void => undefined;
    let end = (): void => undefined;
    const isReached = new Promise<void>((resolve) => (reached = resolve));
    const over = new Promise<void>((resolve) => (end = resolve));
    const interference: Interference = { hitch, reached, over, isOver: false };
    const key = `${operation} ${orderNo}`;
    // What was planned first comes first.
    if (!this.planned.has(key)) this.planned.set(key, interference);
    return {
      reached: isReached,
      letGo: () => {
        interference.isOver = true;
        end();
      },
    };
  }

  /** Whether a call of this flow is being held: what FalPay's books do not show may still come. */
  holds(number: string): boolean {
    return (this.held.get(number) ?? 0) > 0;
  }

  activities(real: Activities): Partial<Activities> {
    const operations = Object.keys(ORDER_NO) as CreatingOperation[];
    return Object.fromEntries(
      operations.map((operation) => {
        const send = real[operation] as (given: never) => Promise<unknown>;
        return [operation, (given: never) => this.send(operation, ORDER_NO[operation](given), () => send(given))];
      }),
    );
  }

  private async send(operation: string, orderNo: string, send: () => Promise<unknown>): Promise<unknown> {
    const interference = this.planned.get(`${operation} ${orderNo}`);
    if (!interference || interference.isOver) return send();
    interference.reached();
    switch (interference.hitch) {
      case 'away':
        throw failure('FalpayUnavailable', 'FalPay could not be reached');
      case 'lost':
        interference.isOver = true;
        await send();
        throw failure('FalpayOutcomeUnknown', 'the connection broke');
      case 'before':
        await this.hold(orderNo, interference);
        return send();
      case 'after': {
        const answer = await send();
        await this.hold(orderNo, interference);
        return answer;
      }
    }
  }

  private async hold(orderNo: string, interference: Interference): Promise<void> {
    const number = orderNo.split('_')[0] ?? '';
    const count = (by: number) => this.held.set(number, (this.held.get(number) ?? 0) + by);
    count(1);
    await Promise.race([interference.over, new Promise((resolve) => setTimeout(resolve, HELD_AT_MOST_MS))]);
    interference.isOver = true;
    // Until its answer is with the books.
    setTimeout(() => count(-1), HELD_AT_MOST_MS);
  }
}

function failure(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: type === 'FalpayOutcomeUnknown', details: [{}] });
}

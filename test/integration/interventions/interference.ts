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
  readonly pressing: Promise<void>;
  readonly over: Promise<void>;
  isOver: boolean;
}

/** A call that is hit: the moment in which it is, that in which a button is pressed, and how to let it go on. */
export interface Planned {
  readonly reached: Promise<void>;
  readonly press: () => void;
  readonly letGo: () => void;
}

/** From the press on less than a call may take, so that a look-up's proof of absence still counts: before it no other run looks. */
const HELD_AT_MOST_MS = 400;
/** Whoever presses may take their time, but not more than the activity has. */
const HELD_UNPRESSED_MS = 10_000;

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

  plan(operation: CreatingOperation, orderNo: string, hitch: Hitch): Planned {
    let reached = (): void => undefined;
    let press = (): void => undefined;
    let end = (): void => undefined;
    const isReached = new Promise<void>((resolve) => (reached = resolve));
    const pressing = new Promise<void>((resolve) => (press = resolve));
    const over = new Promise<void>((resolve) => (end = resolve));
    const interference: Interference = { hitch, reached, pressing, over, isOver: false };
    const key = `${operation} ${orderNo}`;
    // What was planned first comes first.
    if (!this.planned.has(key)) this.planned.set(key, interference);
    return {
      reached: isReached,
      press,
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
        return this.whileHeld(orderNo, async () => {
          await letPass(interference);
          return send();
        });
      case 'after':
        return this.whileHeld(orderNo, async () => {
          const answer = await send();
          await letPass(interference);
          return answer;
        });
    }
  }

  /** It is held until it has come back: then the books show it. */
  private async whileHeld<T>(orderNo: string, call: () => Promise<T>): Promise<T> {
    const number = orderNo.split('_')[0] ?? '';
    const count = (by: number) => this.held.set(number, (this.held.get(number) ?? 0) + by);
    count(1);
    try {
      return await call();
    } finally {
      count(-1);
    }
  }
}

async function letPass(interference: Interference): Promise<void> {
  const { over, pressing } = interference;
  const held = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  await Promise.race([over, pressing.then(() => held(HELD_AT_MOST_MS)), held(HELD_UNPRESSED_MS)]);
  interference.isOver = true;
}

function failure(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: type === 'FalpayOutcomeUnknown', details: [{}] });
}

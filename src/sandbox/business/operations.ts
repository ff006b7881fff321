/** What answers each operation. The models and the order numbers' fields are the contract's. */
import type { z } from 'zod';
import type { OperationName, operations } from '../../falpay/contract';
import type { World } from '../world';
import { createCardholder } from './cardholders';
import { applyCard, getCard, listCardBins } from './cards';
import { listCardFees } from './fees';
import { listWalletFlows } from './flows';
import { decreaseCardLimit, increaseCardLimit } from './limits';
import { createMerchant, getMerchant, updateMerchant } from './merchants';
import { getCardPayOrder, listCardPayOrders } from './pay-orders';
import { createRecharge, getRechargeInfo } from './recharges';
import { getWallet, openWallet, updateWalletStatus } from './wallets';
import { createWithdrawal } from './withdrawals';

export type CallName = Exclude<OperationName, 'getToken'>;

type Handlers = {
  readonly [Name in CallName]: (
    world: World,
    request: (typeof operations)[Name]['request'] extends z.ZodType<infer Request> ? Request : undefined,
  ) => unknown;
};

const handlers: Handlers = {
  createMerchant,
  updateMerchant,
  getMerchant,
  openWallet,
  getWallet,
  updateWalletStatus,
  getRechargeInfo,
  createRecharge,
  createWithdrawal,
  listWalletFlows,
  listCardBins,
  createCardholder,
  applyCard,
  getCard,
  increaseCardLimit,
  decreaseCardLimit,
  listCardFees,
  getCardPayOrder,
  listCardPayOrders,
};

/** The handler of an operation for a request that its model has checked. */
export function handlerOf(name: CallName): (world: World, request: unknown) => unknown {
  return handlers[name] as (world: World, request: unknown) => unknown;
}

export function isCallName(name: string): name is CallName {
  return Object.hasOwn(handlers, name);
}

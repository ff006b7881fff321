/** What the sandbox does by itself when a task falls due. */
import { arrivalSchema } from '../plans';
import type { Task } from '../tasks';
import type { World } from '../world';
import { decideCardholder } from './cardholders';
import { failCard, issueCard } from './cards';
import { decideMerchantAudit, type Decision } from './merchants';
import { failRecharge, receiveRecharge } from './recharges';
import { decideWalletAudit } from './wallets';
import { finishWithdrawal } from './withdrawals';

export function performTask(world: World, { kind, subject, detail }: Task): void {
  switch (kind) {
    case 'merchant-audit': {
      const merchant = world.merchants.byId(subject);
      if (merchant?.auditStatus === 'PENDING') decideMerchantAudit(world, merchant, decisionOf(detail));
      return;
    }
    case 'wallet-audit': {
      const wallet = world.wallets.byId(subject);
      if (wallet?.auditStatus === 'PENDING') decideWalletAudit(world, wallet, decisionOf(detail));
      return;
    }
    case 'cardholder-audit': {
      const cardholder = world.cardholders.byId(subject);
      if (cardholder?.status === 'PENDING') decideCardholder(world, cardholder, decisionOf(detail));
      return;
    }
    case 'recharge-arrival': {
      const recharge = world.recharges.byId(subject);
      if (recharge === undefined) return;
      // Somebody let the money arrive, or fail, by hand: the rest of the order, which this was to be, is no more.
      const isSettled = recharge.status === 'SUCCESS' || recharge.status === 'FAILED';
      if (isSettled && detail['amount'] === undefined) return;
      if (detail['failed'] === true) failRecharge(world, recharge);
      else receiveRecharge(world, recharge, arrivalSchema.omit({ delayMs: true }).parse(detail));
      return;
    }
    case 'withdrawal-finish': {
      const withdrawal = world.withdrawals.byId(subject);
      if (withdrawal?.status === 'PROCESSING') finishWithdrawal(world, withdrawal, textOf(detail['reason']));
      return;
    }
    case 'card-issue': {
      const card = world.cards.byId(subject);
      if (card?.status !== 'PENDING') return;
      const reason = textOf(detail['reason']);
      if (reason === undefined) issueCard(world, card);
      else failCard(world, card, reason);
      return;
    }
  }
}

function decisionOf(detail: Task['detail']): Decision {
  return { decision: detail['decision'] === 'REJECTED' ? 'REJECTED' : 'APPROVED', reason: textOf(detail['reason']) };
}

function textOf(value: string | boolean | number | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

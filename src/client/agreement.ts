/** Whether a flow already knows what a callback tells: then it is a repetition and nothing is lost by dropping it. */
import { Decimal } from 'decimal.js';
import type { CallbackEvent, CardOutput, FlowState, MoneyTold, RechargeOutput, WithdrawalOutput } from '../messages';

/** True only when the state has everything the callback claims; money that the state does not show never agrees. */
export function agrees(state: FlowState, event: CallbackEvent): boolean {
  const { outputs } = state;
  switch (event.topic) {
    case 'merchant-audit':
      return outputs.merchantId === event.ref && approvedAndDone(state, event, event.ref);
    case 'wallet-audit':
      return outputs.walletId === event.ref && approvedAndDone(state, event, event.ref);
    case 'wallet-recharge': {
      const order = [outputs.recharge, ...(outputs.earlierRecharges ?? [])].find((known) => isOrder(known, event));
      return order !== undefined && knowsMoney(order, event);
    }
    case 'card-status': {
      const card = outputs.cards.find((known) => isCard(known, event));
      return card !== undefined && card.status === field(event, 'status');
    }
    case 'wallet-withdrawal': {
      const order = [outputs.withdrawal, ...(outputs.earlierWithdrawals ?? [])].find((known) => isPayout(known, event));
      return order !== undefined && knowsPayout(order, event);
    }
    case 'card-authorization':
      return false;
  }
}

/** An audit is over for the flow when the step that it opened has an end; a rejection then says something else. */
function approvedAndDone(state: FlowState, event: CallbackEvent, ref: string): boolean {
  if (field(event, 'auditStatus') !== 'APPROVED') return false;
  return state.steps.some((step) => step.status === 'DONE' && (step.ref === ref || step.ref === event.orderNo));
}

function isOrder(known: RechargeOutput | undefined, event: CallbackEvent): boolean {
  if (!known) return false;
  return known.orderNo === event.ref || (known.orderNo === undefined && known.rechargeOrderNo === event.orderNo);
}

function isPayout(known: WithdrawalOutput | undefined, event: CallbackEvent): boolean {
  if (!known) return false;
  return known.orderNo === event.ref || (known.orderNo === undefined && known.withdrawOrderNo === event.orderNo);
}

function knowsPayout({ amount: ordered, currency, status: known }: WithdrawalOutput, event: CallbackEvent): boolean {
  const told = amount(field(event, 'amount'));
  if (!told || !amount(ordered)?.eq(told) || field(event, 'currency') !== currency) return false;
  const status = field(event, 'status');
  return status === known || status === 'PENDING' || status === 'PROCESSING';
}

/** `creditedAmount` is cumulative: an earlier part that comes late says less than what is known, never more. */
function knowsMoney(known: RechargeOutput, event: CallbackEvent): boolean {
  const claimed = amount(field(event, 'creditedAmount'));
  const credited = amount(known.credited ?? '0');
  if (!claimed || !credited || field(event, 'currency') !== known.currency) return false;
  if (claimed.gt(credited)) return false;
  // All of it is known, also where the flow saw the money before FalPay said that it was the last. An end in failure a person should see.
  const status = field(event, 'status');
  return status === known.status || status === 'PENDING' || status === 'PROCESSING' || status === 'SUCCESS';
}

/** Whether both tell the same of an order's money, however they write the amounts. */
export function tellTheSame(one: MoneyTold, other: MoneyTold): boolean {
  const areEqual = (left: string, right: string) => {
    const known = amount(right);
    return known !== undefined && (amount(left)?.eq(known) ?? false);
  };
  return (
    one.status === other.status &&
    one.currency === other.currency &&
    areEqual(one.amount, other.amount) &&
    areEqual(one.fee, other.fee)
  );
}

function isCard(known: CardOutput, event: CallbackEvent): boolean {
  return known.cardId === event.ref || (known.cardId === undefined && known.cardOrderNo === event.orderNo);
}

function field(event: CallbackEvent, name: string): string | undefined {
  const value = event.data[name];
  return typeof value === 'string' ? value : undefined;
}

function amount(text: string | undefined): Decimal | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? new Decimal(text) : undefined;
}

/** The sandbox's answers as plain text. */
import type { z } from 'zod';
import { table } from '../render';
import type * as answers from './answers';
import type { Ledger, State } from './answers';

type Shown<Name extends Exclude<keyof typeof answers, 'State' | 'Ledger'>> = z.output<(typeof answers)[Name]>;

const because = (reason: string | undefined): string => (reason === undefined ? '' : ` (${reason})`);

export const merchantLine = ({ merchantOrderNo, merchantId, auditStatus, rejectReason }: Shown<'merchant'>): string =>
  `merchant ${merchantOrderNo} (${merchantId}): ${auditStatus}${because(rejectReason)}`;

export const walletLine = (one: Shown<'wallet'>): string =>
  `wallet ${one.walletOrderNo} (${one.walletId}): ${one.auditStatus}${because(one.rejectReason)}, ${one.status}, ${one.availableBalance} ${one.currency} available, ${one.frozenBalance} frozen`;

export const cardholderLine = (one: Shown<'cardholder'>): string =>
  `cardholder ${one.cardholderOrderNo} (${one.cardholderId}): ${one.status}${because(one.reason)}`;

export function rechargeLine(one: Shown<'recharge'>): string {
  const came = Object.entries(one.received).map(
    ([currency, { gross, fee, credited }]) => `${gross} ${currency} came, fee ${fee}, credited ${credited}`,
  );
  return `recharge ${one.rechargeOrderNo} (${one.orderNo}) of ${one.amount} ${one.currency}: ${[one.status, ...came].join('; ')}`;
}

export const withdrawalLine = (one: Shown<'withdrawal'>): string =>
  `withdrawal ${one.withdrawOrderNo} (${one.orderNo}) of ${one.amount} ${one.currency}, fee ${one.fee}: ${one.status}${because(one.failReason)}`;

export const cardLine = (one: Shown<'card'>): string =>
  `card ${one.cardOrderNo} (${one.cardId})${one.maskedCardNo === undefined ? '' : ` ${one.maskedCardNo}`}: ${one.status}${because(one.failReason)}, ${one.usedAmount} of ${one.cardLimit} ${one.currency} used`;

export const payOrderLine = (one: Shown<'payOrder'>): string =>
  `${one.type} ${one.payOrderNo} on card ${one.cardId}: ${one.status}${because(one.reason)}, ${one.billingAmount} ${one.billingCurrency} at ${one.merchantName}${one.originPayOrderNo === undefined ? '' : `, for ${one.originPayOrderNo}`}`;

/** What there is, whether it adds up, and what waits for a person, each with the command that ends the wait. */
export function renderStatus(url: string, state: State, ledger: Ledger): string {
  const counts = Object.entries(state.counts).map(([kind, count]) => `${count} ${kind}`);
  const decisions = Object.entries(state.settings).filter(([name]) => name.endsWith('Delay'));
  const waiting = waitingOf(state);
  return [
    `${url}: ${counts.join(', ')}`,
    ledger.balanced
      ? `ledger: ${ledger.transfers} transfers, balanced`
      : `ledger: DOES NOT ADD UP: ${ledger.violations.join('; ')}`,
    `decides by itself after: ${decisions.map(([name, value]) => `${name} ${value === 'manual' ? 'manual' : `${String(value)} ms`}`).join(', ')}`,
    `callbacks to: ${String(state.settings['callbackUrl'] ?? 'nowhere yet')}; plans: ${state.plans.length}`,
    '',
    waiting.length === 0 ? 'nothing waits for you' : table([['WAITS FOR YOU', 'COMMAND'], ...waiting]),
  ].join('\n');
}

function waitingOf(state: State): readonly (readonly string[])[] {
  const command = (text: string): string => `npx cardflow sandbox ${text}`;
  return [
    ...state.merchants
      .filter(({ auditStatus }) => auditStatus === 'PENDING')
      .map((one) => [`merchant audit ${one.merchantOrderNo}`, command(`approve merchant ${one.merchantOrderNo}`)]),
    ...state.wallets
      .filter(({ auditStatus }) => auditStatus === 'PENDING')
      .map((one) => [`wallet audit ${one.walletOrderNo}`, command(`approve wallet ${one.walletOrderNo}`)]),
    ...state.cardholders
      .filter(({ status }) => status === 'PENDING')
      .map((one) => [
        `cardholder audit ${one.cardholderOrderNo}`,
        command(`approve cardholder ${one.cardholderOrderNo}`),
      ]),
    ...state.recharges
      .filter(({ status }) => status === 'PENDING' || status === 'PROCESSING')
      .map((one) => [`money: ${rechargeLine(one)}`, command(`pay ${one.rechargeOrderNo}`)]),
    ...state.withdrawals
      .filter(({ status }) => status === 'PROCESSING')
      .map((one) => [`pay out: ${withdrawalLine(one)}`, command(`withdrawal finish ${one.withdrawOrderNo}`)]),
    ...state.cards
      .filter(({ status }) => status === 'PENDING')
      .map((one) => [`card to issue ${one.cardOrderNo}`, command(`card issue ${one.cardOrderNo}`)]),
  ];
}

export function renderLedger({ balanced, transfers, totals, accounts, violations }: Ledger): string {
  return [
    balanced
      ? `${transfers} transfers add up, every rule holds`
      : violations.map((one) => `VIOLATED: ${one}`).join('\n'),
    table([
      ['CURRENCY', 'INSIDE', 'PUT IN FROM OUTSIDE'],
      ...Object.entries(totals).map(([currency, { inside, outside }]) => [currency, inside, outside]),
    ]),
    table([
      ['ACCOUNT', 'CURRENCY', 'BALANCE'],
      ...accounts.map(({ account, currency, balance }) => [account, currency, balance]),
    ]),
  ].join('\n\n');
}

export function renderCallbacks({ callbacks }: Shown<'callbacks'>): string {
  if (callbacks.length === 0) return 'no callbacks';
  return table([
    ['EVENT', 'TOPIC', 'ABOUT', 'STATE', 'TRIES', 'LAST TRY', 'NEXT TRY'],
    ...callbacks.map((one) => [
      one.eventId,
      one.topic,
      one.ref,
      one.state,
      String(one.tries.length),
      lastTry(one),
      one.nextTryAt ?? '',
    ]),
  ]);
}

export function lastTry({ tries }: Shown<'callback'>): string {
  const last = tries.at(-1);
  if (last === undefined) return '';
  return last.status === undefined ? last.outcome : `HTTP ${last.status}, ${last.outcome}`;
}

export function renderRequests({ requests }: Shown<'requests'>): string {
  if (requests.length === 0) return 'no calls';
  return table([
    ['AT', 'OPERATION', 'ORDER', 'HTTP', 'CODE', 'FAULT', 'REPEATED', 'MS'],
    ...requests.map((one) => [
      one.at,
      one.operation,
      one.orderNo ?? '',
      one.status === undefined ? 'broken off' : String(one.status),
      one.code ?? '',
      one.fault ?? '',
      one.repeated ? 'yes' : '',
      String(one.ms),
    ]),
  ]);
}

export function renderFaults({ seed, rules }: Shown<'faults'>): string {
  if (rules.length === 0) return `nothing goes wrong on purpose (seed ${seed})`;
  return [
    `seed ${seed}`,
    table([
      ['FAULT', 'MATCHED', 'HAPPENED', 'RULE'],
      ...rules.map(({ rule: { fault, ...rest }, matched, fired }) => [
        fault,
        String(matched),
        String(fired),
        JSON.stringify(rest),
      ]),
    ]),
  ].join('\n');
}

export const renderSettings = (values: Shown<'settings'>): string =>
  table(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );

export const renderPlans = ({ plans }: Shown<'plans'>): string =>
  plans.length === 0 ? 'no plans' : table(plans.map(({ step, ...rest }) => [step, JSON.stringify(rest)]));

/**
 * Business numbers, workflow ids and FalPay order numbers: readable, reversible, and free of collisions.
 *
 * A backend's number is 1–40 of `[A-Za-z0-9-]`. Numbers we derive from it carry `_`, which a backend cannot use, and a step code that differs
 * by flow kind: so an order number alone tells kind, flow, step, item and round. The codes are frozen: running flows and FalPay's books hold them.
 */

import { CALLBACK_TOPICS } from './callback';

/** Flows that a backend starts by a number of its own. */
export const STARTED_KINDS = [
  'onboarding',
  'wallet-opening',
  'wallet-recharge',
  'wallet-withdrawal',
  'wallet-status-change',
  'card-issuance',
] as const;
export type StartedKind = (typeof STARTED_KINDS)[number];

/** Flows that begin by themselves: lives of cards and wallets, results on their way, reconciliations, callbacks that no flow claims. */
const OWN_KINDS = ['card', 'wallet', 'delivery', 'reconciliation', 'parked'] as const;

export const FLOW_KINDS = [...STARTED_KINDS, ...OWN_KINDS] as const;
export type FlowKind = (typeof FLOW_KINDS)[number];

export function isStartedKind(kind: string): kind is StartedKind {
  return STARTED_KINDS.some((known) => known === kind);
}

const NUMBER = /^[A-Za-z0-9-]{1,40}$/;
export const NUMBER_RULE = '1 to 40 letters, digits or hyphens';

export function isBusinessNumber(text: string): boolean {
  return NUMBER.test(text);
}

const FALPAY_ID = /^[A-Za-z0-9_-]{1,64}$/;
const OWN_NUMBER = /^[A-Za-z0-9_.:~-]{1,200}$/;

/** Why no flow of the kind can have this number, or undefined where one can. */
export function numberFault(kind: FlowKind, number: string): string | undefined {
  if (isStartedKind(kind)) return isBusinessNumber(number) ? undefined : `must be ${NUMBER_RULE}`;
  switch (kind) {
    case 'card':
    case 'wallet':
      return FALPAY_ID.test(number) ? undefined : `must be FalPay's ${kind}Id`;
    case 'delivery':
      return OWN_NUMBER.test(number) ? undefined : 'must be the id of an event';
    case 'reconciliation':
      return OWN_NUMBER.test(number) ? undefined : 'must be that of a reconciliation, as in 2026-01-31';
    case 'parked': {
      const fits = CALLBACK_TOPICS.some((topic) => number.startsWith(`${topic}/`) && number.length > topic.length + 1);
      return fits ? undefined : 'must be {topic}~{ref}, as in wallet-recharge~1234567890';
    }
  }
}

/** `onboarding` + `M-1` → `onboarding/M-1`. */
export function workflowIdFor(kind: FlowKind, number: string): string {
  return `${kind}/${number}`;
}

/** The reverse of {@link workflowIdFor}; undefined when the id is no flow of ours. */
export function parseWorkflowId(workflowId: string): { readonly kind: FlowKind; readonly number: string } | undefined {
  const slash = workflowId.indexOf('/');
  const kind = FLOW_KINDS.find((known) => known === workflowId.slice(0, Math.max(slash, 0)));
  return kind && slash < workflowId.length - 1 ? { kind, number: workflowId.slice(slash + 1) } : undefined;
}

/** In URLs the `/` inside a number (`parked/wallet-recharge/123`) is written `~`. */
export function numberToPath(number: string): string {
  return number.replaceAll('/', '~');
}

export function numberFromPath(text: string): string {
  return text.replaceAll('~', '/');
}

/** Step codes by flow kind. Append only; never reuse or rename one. 修改卡钱包状态 has no order number at FalPay. */
const STEP_CODES = {
  // The merchant's first round is the onboarding's own number.
  onboarding: { merchant: 'OM', wallet: 'OW', recharge: 'OR', cardholder: 'OH', card: 'OC' },
  'wallet-opening': { wallet: 'WO' },
  'wallet-recharge': { recharge: 'RC' },
  'wallet-withdrawal': { withdrawal: 'WD' },
  'card-issuance': { cardholder: 'IH', card: 'IC' },
  // The number is the limit change's own: the card stands in the order itself.
  card: { increase: 'KI', decrease: 'KD' },
} as const;

export type OrderKind = keyof typeof STEP_CODES;
export type OrderStep =
  'merchant' | 'wallet' | 'recharge' | 'withdrawal' | 'cardholder' | 'card' | 'increase' | 'decrease';

/** The same table with every step that any kind has. */
const CODES: Readonly<Record<OrderKind, Readonly<Partial<Record<OrderStep, string>>>>> = STEP_CODES;

export interface OrderPlace {
  readonly kind: OrderKind;
  readonly number: string;
  /** `merchant` is in its first round an onboarding's own number, unchanged. */
  readonly step: OrderStep;
  /** 1-based: the second card, the second recharge order. */
  readonly item: number;
  /** 1-based; rises only after a definite failure. */
  readonly round: number;
}

/** The order number FalPay sees: `M-1`, `M-1_OW1`, `I-1_IC2`, `I-1_IC2_r2`; at most 64 characters. */
export function orderNoFor({ kind, number, step, item, round }: OrderPlace): string {
  if (step === 'merchant' && round === 1) return number;
  const code = CODES[kind][step];
  if (code === undefined) throw new RangeError(`${kind} has no step ${step}`);
  return `${number}_${code}${item}${round > 1 ? `_r${round}` : ''}`;
}

const DERIVED = /^([A-Za-z0-9-]{1,40})_([A-Z]{2})([1-9]\d{0,2})(?:_r([1-9]\d{0,2}))?$/;

/** The reverse of {@link orderNoFor}; undefined for a number that no flow of ours can have made. */
export function parseOrderNo(orderNo: string): OrderPlace | undefined {
  if (isBusinessNumber(orderNo)) return { kind: 'onboarding', number: orderNo, step: 'merchant', item: 1, round: 1 };
  const [, number, code, item, round] = DERIVED.exec(orderNo) ?? [];
  if (number === undefined || round === '1') return undefined;
  if (code === CODES.onboarding.merchant && (item !== '1' || round === undefined)) return undefined;
  for (const kind of Object.keys(CODES) as OrderKind[]) {
    for (const [step, known] of Object.entries(CODES[kind])) {
      if (known === code)
        return { kind, number, step: step as OrderStep, item: Number(item), round: Number(round ?? 1) };
    }
  }
  return undefined;
}

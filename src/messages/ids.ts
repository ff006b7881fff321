/**
 * Business numbers, workflow ids and FalPay order numbers: readable, reversible, and free of collisions.
 *
 * A backend's number is 1–40 of `[A-Za-z0-9-]`. Numbers we derive from it carry `_`, which a backend cannot use, and a step code that differs
 * by flow kind: so an order number alone tells kind, flow, step, item and round. The codes are frozen: running flows and FalPay's books hold them.
 */

export const FLOW_KINDS = ['onboarding', 'parked'] as const;
export type FlowKind = (typeof FLOW_KINDS)[number];

const NUMBER = /^[A-Za-z0-9-]{1,40}$/;
export const NUMBER_RULE = '1 to 40 letters, digits or hyphens';

export function isBusinessNumber(text: string): boolean {
  return NUMBER.test(text);
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

/** Step codes by flow kind. Append only; never reuse or rename one. */
const STEP_CODES = {
  onboarding: { wallet: 'OW', recharge: 'OR', cardholder: 'OH', card: 'OC' },
} as const;

export type OrderStep = keyof (typeof STEP_CODES)['onboarding'];

export interface OrderPlace {
  readonly kind: keyof typeof STEP_CODES;
  readonly number: string;
  /** `merchant` is the flow's own number, unchanged. */
  readonly step: OrderStep | 'merchant';
  /** 1-based: the second card, the second recharge order. */
  readonly item: number;
  /** 1-based; rises only after a definite failure. */
  readonly round: number;
}

/** The order number FalPay sees: `M-1`, `M-1_OW1`, `M-1_OC2`, `M-1_OC2_r2`; at most 64 characters. */
export function orderNoFor({ kind, number, step, item, round }: OrderPlace): string {
  if (step === 'merchant') return number;
  return `${number}_${STEP_CODES[kind][step]}${item}${round > 1 ? `_r${round}` : ''}`;
}

const DERIVED = /^([A-Za-z0-9-]{1,40})_([A-Z]{2})([1-9]\d{0,2})(?:_r([1-9]\d{0,2}))?$/;

/** The reverse of {@link orderNoFor}; undefined for a number that no flow of ours can have made. */
export function parseOrderNo(orderNo: string): OrderPlace | undefined {
  if (isBusinessNumber(orderNo)) return { kind: 'onboarding', number: orderNo, step: 'merchant', item: 1, round: 1 };
  const [, number, code, item, round] = DERIVED.exec(orderNo) ?? [];
  if (number === undefined || round === '1') return undefined;
  for (const kind of Object.keys(STEP_CODES) as (keyof typeof STEP_CODES)[]) {
    for (const [step, known] of Object.entries(STEP_CODES[kind])) {
      if (known === code)
        return { kind, number, step: step as OrderStep, item: Number(item), round: Number(round ?? 1) };
    }
  }
  return undefined;
}

import fc from 'fast-check';
import type { OrderPlace } from '../../../src/messages';
import {
  FLOW_KINDS,
  isBusinessNumber,
  numberFromPath,
  numberToPath,
  orderNoFor,
  parseOrderNo,
  parseWorkflowId,
  workflowIdFor,
} from '../../../src/messages';

/** Frozen: running flows and FalPay's books hold these numbers. A line may be added, never changed. */
const GOLDEN: readonly (readonly [string, OrderPlace])[] = [
  ['M-1', { kind: 'onboarding', number: 'M-1', step: 'merchant', item: 1, round: 1 }],
  ['M-1_OW1', { kind: 'onboarding', number: 'M-1', step: 'wallet', item: 1, round: 1 }],
  ['M-1_OW1_r2', { kind: 'onboarding', number: 'M-1', step: 'wallet', item: 1, round: 2 }],
  ['M-1_OR1', { kind: 'onboarding', number: 'M-1', step: 'recharge', item: 1, round: 1 }],
  ['M-1_OR2_r3', { kind: 'onboarding', number: 'M-1', step: 'recharge', item: 2, round: 3 }],
  ['M-1_OH1', { kind: 'onboarding', number: 'M-1', step: 'cardholder', item: 1, round: 1 }],
  ['M-1_OC12', { kind: 'onboarding', number: 'M-1', step: 'card', item: 12, round: 1 }],
  ['W-1_WO1', { kind: 'wallet-opening', number: 'W-1', step: 'wallet', item: 1, round: 1 }],
  ['R-1_RC1', { kind: 'wallet-recharge', number: 'R-1', step: 'recharge', item: 1, round: 1 }],
  ['R-1_RC2_r2', { kind: 'wallet-recharge', number: 'R-1', step: 'recharge', item: 2, round: 2 }],
  ['D-1_WD1', { kind: 'wallet-withdrawal', number: 'D-1', step: 'withdrawal', item: 1, round: 1 }],
  ['D-1_WD1_r2', { kind: 'wallet-withdrawal', number: 'D-1', step: 'withdrawal', item: 1, round: 2 }],
  ['I-1_IH500', { kind: 'card-issuance', number: 'I-1', step: 'cardholder', item: 500, round: 1 }],
  ['I-1_IC500_r2', { kind: 'card-issuance', number: 'I-1', step: 'card', item: 500, round: 2 }],
  ['L-1_KI1', { kind: 'card', number: 'L-1', step: 'increase', item: 1, round: 1 }],
  ['L-1_KD1', { kind: 'card', number: 'L-1', step: 'decrease', item: 1, round: 1 }],
];

const ORDERS: readonly (readonly [OrderPlace['kind'], OrderPlace['step']])[] = [
  ['onboarding', 'wallet'],
  ['onboarding', 'recharge'],
  ['onboarding', 'cardholder'],
  ['onboarding', 'card'],
  ['wallet-opening', 'wallet'],
  ['wallet-recharge', 'recharge'],
  ['wallet-withdrawal', 'withdrawal'],
  ['card-issuance', 'cardholder'],
  ['card-issuance', 'card'],
  ['card', 'increase'],
  ['card', 'decrease'],
];

const businessNumber = fc.stringMatching(/^[A-Za-z0-9-]{1,40}$/);

test.each(GOLDEN)('%s means what it always meant', (orderNo, place) => {
  expect(orderNoFor(place)).toBe(orderNo);
  expect(parseOrderNo(orderNo)).toEqual(place);
});

test('every order number names its flow, step, item and round again, and FalPay takes it', () => {
  const place = fc
    .record({
      step: fc.constantFrom(...ORDERS),
      number: businessNumber,
      item: fc.integer({ min: 1, max: 999 }),
      round: fc.integer({ min: 1, max: 999 }),
    })
    .map(({ step: [kind, step], ...rest }) => ({ kind, step, ...rest }));
  fc.assert(
    fc.property(place, (made) => {
      const orderNo = orderNoFor(made);
      expect(orderNo).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      expect(isBusinessNumber(orderNo)).toBe(false);
      expect(parseOrderNo(orderNo)).toEqual(made);
    }),
  );
});

test.each([
  '',
  'M_1',
  'M-1_XX1',
  'M-1_OW0',
  'M-1_OW01',
  'M-1_OW1_r1',
  'M-1_OW1_r0',
  'M-1_OW',
  `${'x'.repeat(41)}_OW1`,
  'x'.repeat(41),
])('%p is no number that a flow can have made', (orderNo) => expect(parseOrderNo(orderNo)).toBeUndefined());

test('a workflow id names kind and number again', () => {
  fc.assert(
    fc.property(fc.constantFrom(...FLOW_KINDS), businessNumber, (kind, number) => {
      expect(parseWorkflowId(workflowIdFor(kind, number))).toEqual({ kind, number });
    }),
  );
});

test.each(['', 'onboarding', 'onboarding/', '/M-1', 'order/M-1'])('%p is no workflow id of ours', (id) =>
  expect(parseWorkflowId(id)).toBeUndefined(),
);

test('a number with slashes fits into one piece of a path', () => {
  expect(numberToPath('wallet-recharge/12')).toBe('wallet-recharge~12');
  expect(numberFromPath('wallet-recharge~12')).toBe('wallet-recharge/12');
});

test('a step that a kind of flow does not have gets no order number', () => {
  const place = { kind: 'wallet-opening', number: 'W-1', step: 'card', item: 1, round: 1 } as const;
  expect(() => orderNoFor(place)).toThrow('wallet-opening has no step card');
});

import { agrees } from '../../../src/client/agreement';
import type { CallbackEvent, CallbackTopic, FlowState } from '../../../src/messages';

const done: FlowState = {
  workflowId: 'onboarding/M-1',
  kind: 'onboarding',
  number: 'M-1',
  stage: 'COMPLETED',
  steps: [
    { name: 'merchant-audit', status: 'DONE', attempts: 0, ref: '11' },
    { name: 'wallet-audit', status: 'DONE', attempts: 0, ref: '12' },
  ],
  waits: [],
  blocks: [],
  outputs: {
    merchantId: '11',
    walletId: '12',
    recharge: {
      rechargeOrderNo: 'M-1_OR2',
      orderNo: '32',
      amount: '50',
      currency: 'USD',
      credited: '49.5',
      status: 'SUCCESS',
    },
    earlierRecharges: [
      {
        rechargeOrderNo: 'M-1_OR1',
        orderNo: '31',
        amount: '100',
        currency: 'USD',
        credited: '60.00',
        status: 'FAILED',
      },
    ],
    withdrawal: { withdrawOrderNo: 'D-1_WD1_r2', orderNo: '52', amount: '30.00', currency: 'USD', status: 'SUCCESS' },
    earlierWithdrawals: [
      { withdrawOrderNo: 'D-1_WD1', orderNo: '51', amount: '30.00', currency: 'USD', status: 'FAILED' },
    ],
    cards: [
      { cardOrderNo: 'M-1_OC1', cardId: '41', status: 'ACTIVE' },
      { cardOrderNo: 'M-1_OC2', status: 'FAILED' },
    ],
  },
  actions: [],
};

function told(topic: CallbackTopic, ref: string, data: Record<string, unknown>, orderNo?: string): CallbackEvent {
  return { eventId: 'e', topic, occurredAt: '', receivedAt: '', stale: false, ref, ids: {}, data, orderNo };
}

const paid = (ref: string, creditedAmount: unknown, over: object = {}) =>
  told('wallet-recharge', ref, { creditedAmount, currency: 'USD', status: 'SUCCESS', ...over });

const withdrawn = (ref: string, over: object) =>
  told('wallet-withdrawal', ref, { amount: '30', currency: 'USD', ...over });

test.each<[string, CallbackEvent, boolean]>([
  ['the approval of its merchant', told('merchant-audit', '11', { auditStatus: 'APPROVED' }), true],
  ['a rejection', told('merchant-audit', '11', { auditStatus: 'REJECTED' }), false],
  ['another merchant', told('merchant-audit', '99', { auditStatus: 'APPROVED' }), false],
  ['the approval of its wallet', told('wallet-audit', '12', { auditStatus: 'APPROVED' }), true],
  ['money it knows of', paid('32', '49.50'), true],
  ['a part of it, late', paid('32', '10', { status: 'PROCESSING' }), true],
  ['one cent more', paid('32', '49.51'), false],
  ['the end of an order whose money it counted before FalPay said that it was the last', paid('31', '60'), true],
  ['another currency', paid('32', '49.50', { currency: 'HKD' }), false],
  ['an amount that is none', paid('32', '4e1'), false],
  ['no amount', paid('32', undefined), false],
  ['another end of the order', paid('32', '49.50', { status: 'FAILED' }), false],
  ['money on an earlier order', paid('31', '60', { status: 'FAILED' }), true],
  ['more money on an earlier order', paid('31', '100', { status: 'SUCCESS' }), false],
  ['an order of nobody', paid('33', '1'), false],
  ['the activation of its card', told('card-status', '41', { status: 'ACTIVE' }), true],
  ['a freeze', told('card-status', '41', { status: 'FROZEN' }), false],
  ['the failure of a card without id', told('card-status', '42', { status: 'FAILED' }, 'M-1_OC2'), true],
  ['a card of nobody', told('card-status', '43', { status: 'ACTIVE' }), false],
  ['the withdrawal that was paid out', withdrawn('52', { status: 'SUCCESS' }), true],
  ['its beginning, late', withdrawn('52', { status: 'PROCESSING' }), true],
  ['its failure after all', withdrawn('52', { status: 'FAILED' }), false],
  ['another amount', withdrawn('52', { status: 'SUCCESS', amount: '31.00' }), false],
  ['the failure of an earlier round', withdrawn('51', { status: 'FAILED' }), true],
  ['an earlier round paid out after all', withdrawn('51', { status: 'SUCCESS' }), false],
  ['a withdrawal of nobody', withdrawn('53', { status: 'SUCCESS' }), false],
  ['a card payment', told('card-authorization', '41', { status: 'SETTLED' }), false],
])('an ended flow already knows, or not: %s', (_what, event, expected) => {
  expect(agrees(done, event)).toBe(expected);
});

test('an aborted flow that never saw the money does not know it', () => {
  const { recharge, ...rest } = done.outputs;
  const aborted: FlowState = {
    ...done,
    stage: 'ABORTED',
    outputs: { ...rest, recharge: { ...recharge!, credited: undefined, status: 'PENDING' } },
  };
  expect(agrees(aborted, paid('32', '0.01'))).toBe(false);
  expect(agrees(aborted, paid('32', '0', { status: 'PENDING' }))).toBe(true);
});

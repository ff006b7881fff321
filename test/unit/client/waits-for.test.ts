import { waitsFor } from '../../../src/client/router';
import type { CallbackEvent, CallbackTopic, FlowState, WaitState } from '../../../src/messages';

const order = (rechargeOrderNo: string, orderNo: string) => ({
  rechargeOrderNo,
  orderNo,
  amount: '50.00',
  currency: 'USD',
  status: 'PENDING',
});

function waiting(topic: WaitState['topic'], ref: string): FlowState {
  return {
    workflowId: 'onboarding/M-1',
    kind: 'onboarding',
    number: 'M-1',
    stage: 'WAITING',
    steps: [],
    waits: [{ step: 's', topic, ref, since: '', deadline: '', nextQueryAt: '' }],
    blocks: [],
    outputs: {
      merchantId: '11',
      walletId: '12',
      recharge: order('M-1_OR2', '32'),
      earlierRecharges: [order('M-1_OR1', '31')],
      cards: [{ cardOrderNo: 'M-1_OC1', cardId: '41', status: 'PENDING' }],
    },
    actions: [],
  };
}

const told = (topic: CallbackTopic, ref: string, ids: CallbackEvent['ids'] = {}): CallbackEvent => ({
  eventId: 'e',
  topic,
  occurredAt: '',
  receivedAt: '',
  stale: false,
  ref,
  ids,
  data: {},
});

test.each<[string, FlowState, CallbackEvent, boolean]>([
  ['money on the newest order', waiting('wallet-recharge', '32'), told('wallet-recharge', '32'), true],
  [
    'money on it while only our number is known',
    waiting('wallet-recharge', 'M-1_OR2'),
    told('wallet-recharge', '32'),
    true,
  ],
  [
    'money on an earlier order: they count together',
    waiting('wallet-recharge', '32'),
    told('wallet-recharge', '31'),
    true,
  ],
  [
    'money on an order of nobody',
    waiting('wallet-recharge', '32'),
    told('wallet-recharge', '33', { walletId: '12' }),
    false,
  ],
  [
    'any money of the wallet whose balance cards wait for',
    waiting('wallet-recharge', '12'),
    told('wallet-recharge', '33', { walletId: '12' }),
    true,
  ],
  [
    'money of another wallet',
    waiting('wallet-recharge', '12'),
    told('wallet-recharge', '33', { walletId: '13' }),
    false,
  ],
  ['a card by its id', waiting('card-issue', '41'), told('card-status', '41'), true],
  ['another topic', waiting('wallet-audit', '12'), told('wallet-recharge', '33', { walletId: '12' }), false],
])('a flow waits for what a callback tells, or not: %s', (_what, state, event, expected) => {
  expect(waitsFor(state, event)).toBe(expected);
});

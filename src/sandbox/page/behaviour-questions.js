/** What a fault and a plan are asked for. */
import { get, post, put } from './control.js';
import { runWith } from './commands.js';

const numberOr = (text) => (text === undefined || Number.isNaN(Number(text)) ? text : Number(text));
const ANY = ['', '任意 · any'];
const TIMES = { name: 'times', inputmode: 'numeric' };
const ORDER_NO = { name: 'orderNo', label: ['订单号', 'Order number'], hint: '留空 = 任意 · empty = any' };

export function askForFault({ operations, topics, faults }) {
  const choice = ({ name, title }) => [name, `${title} ${name}`];
  const forCallbacksOnly = faults.callbacks.filter((name) => !faults.calls.includes(name));
  runWith({
    title: ['添加故障', 'Add a fault'],
    fields: [
      {
        name: 'fault',
        label: ['故障', 'Fault'],
        options: [
          ...faults.calls.map((name) => [name, `接口 call: ${name}`]),
          ...forCallbacksOnly.map((name) => [name, `回调 callback: ${name}`]),
        ],
      },
      { name: 'operation', label: ['接口', 'Operation'], options: [ANY, ...operations.map(choice)] },
      { name: 'topic', label: ['回调', 'Callback'], options: [ANY, ...topics.map(choice)] },
      ORDER_NO,
      { ...TIMES, label: ['次数', 'Times'], hint: '留空 = 一直 · empty = always' },
      { name: 'skip', label: ['先放过', 'Let pass first'], inputmode: 'numeric' },
      { name: 'probability', label: ['概率', 'Probability'], inputmode: 'decimal', hint: '0 – 1' },
      { name: 'ms', label: ['毫秒', 'Milliseconds'], inputmode: 'numeric', hint: 'latency, delayCallback …' },
      { name: 'status', label: ['HTTP 状态', 'HTTP status'], inputmode: 'numeric', hint: 'http5xx: 500 – 599' },
      {
        name: 'committed',
        label: ['是否已执行', 'Carried out all the same'],
        options: [
          ['', '默认：已执行 · as usual: yes'],
          ['false', '未执行 · no'],
        ],
        hint: 'http5xx, unreadable',
      },
    ],
    confirm: ['添加', 'Add'],
    done: ['故障已添加', 'fault added'],
    send: async ({ times, skip, probability, ms, status, committed, ...rule }) => {
      const { rules } = await get('/faults');
      const added = {
        ...rule,
        times: numberOr(times),
        skip: numberOr(skip),
        probability: numberOr(probability),
        ms: numberOr(ms),
        status: numberOr(status),
        committed: committed === undefined ? undefined : false,
      };
      await put('/faults', { rules: [...rules.map((counted) => counted.rule), added] });
    },
  });
}

const PLANS = {
  'merchant-audit': ['下一个商户审核被拒绝 · the next merchant is refused', ({ reason }) => ({ reason })],
  'wallet-audit': ['下一个卡钱包审核被拒绝 · the next wallet is refused', ({ reason }) => ({ reason })],
  'cardholder-audit': ['下一个持卡人审核被拒绝 · the next cardholder is refused', ({ reason }) => ({ reason })],
  'recharge-short': [
    '下一笔充值到账这么多，订单即结束 · of the next recharge this much arrives, and the order ends',
    ({ amount, currency }) => ({ step: 'recharge', arrivals: [{ amount, currency, final: true }] }),
  ],
  'recharge-failed': ['下一笔充值失败 · the next recharge fails', () => ({ step: 'recharge', outcome: 'FAILED' })],
  withdrawal: ['下一笔提现失败 · the next withdrawal fails', ({ reason }) => ({ reason })],
  'card-apply': [
    '下一张卡的申请被拒绝 · the next application for a card is refused',
    ({ reason }) => ({ step: 'card', at: 'apply', reason }),
  ],
  'card-issue': [
    '下一张卡申请后开卡失败 · the next card fails after its application',
    ({ reason }) => ({ step: 'card', at: 'issue', reason }),
  ],
};

export function askForPlan() {
  runWith({
    title: ['添加计划', 'Add a plan'],
    fields: [
      {
        name: 'plan',
        label: ['结果', 'What will happen'],
        options: Object.entries(PLANS).map(([name, [words]]) => [name, words]),
      },
      { name: 'reason', label: ['原因', 'Reason'], hint: '提现、卡片必填 · needed for withdrawals and cards' },
      { name: 'amount', label: ['到账金额', 'Amount'], inputmode: 'decimal', hint: '仅充值 · recharges only' },
      { name: 'currency', label: ['到账币种', 'Currency'], hint: '仅充值 · recharges only' },
      ORDER_NO,
      { ...TIMES, label: ['次数', 'Times'], hint: '留空 = 1 · empty = once' },
    ],
    confirm: ['添加', 'Add'],
    done: ['计划已添加', 'plan added'],
    send: ({ plan, orderNo, times, ...values }) =>
      post('/plans', { step: plan, ...PLANS[plan][1](values), orderNo, times: numberOr(times) }),
  });
}

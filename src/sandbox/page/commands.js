/** What a person can make happen: each command with what it asks for first. Says what became of it, and has the page look again. */
import { ask } from './asking.js';
import { path, post } from './control.js';

/** Fired after every command: what is shown may be old. */
export const CHANGED = 'sandbox-changed';

const place = document.getElementById('said');

export function say(text, isError = false) {
  place.textContent = text;
  place.className = isError ? 'error' : 'done';
}

/** A command that asks for nothing. */
export async function run(done, command) {
  try {
    await command();
    say(done.join(' · '));
  } catch (error) {
    say([error.message, ...(error.errors ?? []).map(({ field, message }) => `${field}: ${message}`)].join(' — '), true);
  }
  document.dispatchEvent(new Event(CHANGED));
}

/** A command that asks first; its mistakes stay in the dialog. */
export function runWith({ done, send, ...question }) {
  ask({
    ...question,
    send: async (values) => {
      await send(values);
      say(done.join(' · '));
      document.dispatchEvent(new Event(CHANGED));
    },
  });
}

const REASON = { name: 'reason', label: ['原因', 'Reason'], hint: '原样告知商户 · told as it is' };
const AMOUNT_HINT = '主单位的小数，如 100.00 · major units, e.g. 100.00';

/** @param kind merchants, wallets or cardholders */
export const approve = (kind, name) =>
  run(['已通过', `approved ${name}`], () => post(`/audits${path(kind, name)}`, { decision: 'APPROVED' }));

export const reject = (kind, name) =>
  runWith({
    title: ['拒绝审核', 'Reject'],
    about: name,
    fields: [REASON],
    confirm: ['拒绝', 'Reject'],
    danger: true,
    done: ['已拒绝', `rejected ${name}`],
    send: ({ reason }) => post(`/audits${path(kind, name)}`, { decision: 'REJECTED', reason }),
  });

export const moneyArrives = ({ orderNo, rechargeOrderNo, amount, currency, received }) =>
  runWith({
    title: ['款项到账', 'Let money arrive'],
    about: [
      `${rechargeOrderNo}: ${amount} ${currency}`,
      ...Object.entries(received).map(([of, { gross }]) => `已到 arrived ${gross} ${of}`),
    ].join(' · '),
    fields: [
      {
        name: 'amount',
        label: ['到账金额', 'Amount'],
        inputmode: 'decimal',
        hint: `留空 = 补足订单金额（足额）；可少、可多 · empty = what is missing (exact); may be short or over. ${AMOUNT_HINT}`,
      },
      {
        name: 'currency',
        label: ['币种', 'Currency'],
        hint: `留空 = ${currency}；可为其他币种 · empty = ${currency}; another one is possible`,
      },
      {
        name: 'final',
        label: ['订单到此结束', 'The order ends with it'],
        options: [
          ['', '自动：足额即结束 · by itself, when the amount is reached'],
          ['true', '结束，即使少到 · yes, also when it is short'],
          ['false', '不结束，后续还有款项 · no, more follows'],
        ],
      },
    ],
    confirm: ['到账', 'Arrive'],
    done: ['款项已到账', `money arrived for ${rechargeOrderNo}`],
    send: ({ final, ...arrival }) =>
      post(`/recharges${path(orderNo, 'arrivals')}`, {
        ...arrival,
        final: final === undefined ? undefined : final === 'true',
      }),
  });

export const failRecharge = ({ orderNo, rechargeOrderNo }) =>
  run(['充值已失败', `recharge ${rechargeOrderNo} failed`], () => post(`/recharges${path(orderNo, 'fail')}`));

export const payOut = ({ orderNo, withdrawOrderNo }) =>
  run(['提现成功', `paid out ${withdrawOrderNo}`], () => post(`/withdrawals${path(orderNo, 'finish')}`));

export const failWithdrawal = ({ orderNo, withdrawOrderNo }) =>
  runWith({
    title: ['提现失败', 'Fail the withdrawal'],
    about: withdrawOrderNo,
    fields: [REASON],
    confirm: ['失败', 'Fail'],
    danger: true,
    done: ['提现已失败', `withdrawal ${withdrawOrderNo} failed`],
    send: ({ reason }) => post(`/withdrawals${path(orderNo, 'finish')}`, { status: 'FAILED', reason }),
  });

export const issueCard = ({ cardId, cardOrderNo }) =>
  run(['已开卡', `card ${cardOrderNo} issued`], () => post(`/cards${path(cardId, 'issue')}`));

export const refuseCard = ({ cardId, cardOrderNo }) =>
  runWith({
    title: ['开卡失败', 'Refuse the card'],
    about: cardOrderNo,
    fields: [REASON],
    confirm: ['失败', 'Refuse'],
    danger: true,
    done: ['开卡失败', `card ${cardOrderNo} refused`],
    send: ({ reason }) => post(`/cards${path(cardId, 'issue')}`, { outcome: 'FAILED', reason }),
  });

/** @param words what it is called, and what the button says */
export const changeCard = ({ cardId, maskedCardNo }, status, words) =>
  runWith({
    title: words,
    about: maskedCardNo,
    fields: [REASON],
    confirm: words,
    danger: status === 'CANCELLED',
    done: [words[0], `${maskedCardNo} is ${status}`],
    send: ({ reason }) => post(`/cards${path(cardId, 'status')}`, { status, reason }),
  });

export const pay = ({ cardId, maskedCardNo, currency, availableLimit }) =>
  runWith({
    title: ['刷卡消费', 'Pay with the card'],
    about: `${maskedCardNo} · 可用额度 limit left ${availableLimit} ${currency}`,
    fields: [
      { name: 'amount', label: ['金额', 'Amount'], required: true, inputmode: 'decimal', hint: AMOUNT_HINT },
      { name: 'currency', label: ['商店币种', "Shop's currency"], hint: `留空 = ${currency} · empty = ${currency}` },
      {
        name: 'billingAmount',
        label: ['入账金额', 'Billed amount'],
        inputmode: 'decimal',
        hint: `商店币种不同时必填，按 ${currency} · in ${currency}, needed when the shop's currency is another`,
      },
      { name: 'fee', label: ['手续费', 'Fee'], inputmode: 'decimal' },
      { name: 'merchantName', label: ['商店', 'Shop'], hint: '留空 = SANDBOX SHOP' },
      {
        name: 'decline',
        label: ['拒付原因', 'Decline, with this reason'],
        hint: '留空 = 能付则批准 · empty = approved when the card can pay',
      },
    ],
    confirm: ['授权', 'Authorise'],
    done: ['授权请求已发出', `payment with ${maskedCardNo} asked for`],
    send: (purchase) => post(`/cards${path(cardId, 'authorizations')}`, purchase),
  });

/** @param act settle, reverse or refund */
export const afterPayment = ({ payOrderNo, cardId, billingAmount, billingCurrency }, act, words) =>
  runWith({
    title: words,
    about: `${payOrderNo}: ${billingAmount} ${billingCurrency}`,
    fields: [
      {
        name: 'amount',
        label: ['金额', 'Amount'],
        inputmode: 'decimal',
        hint: `留空 = 全部 · empty = all of it, in ${billingCurrency}`,
      },
      ...(act === 'settle'
        ? [{ name: 'more', label: ['之后还有结算', 'More settlements follow'], type: 'checkbox' }]
        : []),
    ],
    confirm: words,
    done: [words[0], `${act} of ${payOrderNo} done`],
    send: ({ amount, more }) =>
      post(`/cards${path(cardId, 'authorizations', payOrderNo, act)}`, {
        amount,
        ...(more === true ? { final: false } : {}),
      }),
  });

export const resend = ({ eventId }) =>
  run(['已重发', `callback ${eventId} is sent again`], () => post(`/callbacks${path(eventId, 'resend')}`));

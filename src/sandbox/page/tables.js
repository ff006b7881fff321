/** What the table of each kind of thing shows. */
import { auditButtons, cardButtons, paymentButtons, rechargeButtons, withdrawalButtons } from './buttons.js';
import { el } from './dom.js';
import { money, names, status } from './words.js';

const DECIDE = ['操作', 'Actions'];
const STATUS = ['状态', 'Status'];
const TIME = ['FalPay 时间', "FalPay's time"];

export const withReason = (state, reason) => [status(state), reason === undefined ? null : el('small', {}, reason)];

/** What has come for a recharge, by currency; fees are what FalPay kept of it. */
const receivedOf = ({ received }) =>
  Object.entries(received).map(([currency, { gross, fee, credited }]) =>
    el('div', {}, money(gross, currency), el('small', {}, `手续费 fee ${fee} → 入账 credited ${credited}`)),
  );

export const merchants = {
  id: 'merchants',
  title: ['商户', 'Merchants'],
  empty: ['还没有商户：用 API 创建商户', 'no merchants yet: create one by the API'],
  columns: [['商户', 'Merchant'], ['类型', 'Type'], STATUS, TIME, DECIDE],
  key: ({ merchantId }) => merchantId,
  cells: (one) => [
    names(one.merchantId, one.merchantOrderNo),
    one.merchantType,
    withReason(one.auditStatus, one.rejectReason),
    one.createTime,
    auditButtons('merchants', one.merchantOrderNo, one.auditStatus === 'PENDING'),
  ],
};

export const cardholders = {
  id: 'cardholders',
  title: ['持卡人', 'Cardholders'],
  empty: ['还没有持卡人', 'no cardholders yet'],
  columns: [['持卡人', 'Cardholder'], ['商户', 'Merchant'], STATUS, DECIDE],
  key: ({ cardholderId }) => cardholderId,
  cells: (one) => [
    names(one.cardholderId, one.cardholderOrderNo),
    names(one.merchantId),
    withReason(one.status, one.reason),
    auditButtons('cardholders', one.cardholderOrderNo, one.status === 'PENDING'),
  ],
};

export const wallets = {
  id: 'wallets',
  title: ['卡钱包', 'Wallets'],
  empty: ['还没有卡钱包', 'no wallets yet'],
  columns: [
    ['卡钱包', 'Wallet'],
    ['商户', 'Merchant'],
    ['可用', 'Available'],
    ['冻结', 'Frozen'],
    ['审核', 'Audit'],
    STATUS,
    DECIDE,
  ],
  key: ({ walletId }) => walletId,
  cells: (one) => [
    names(one.walletId, one.walletOrderNo),
    names(one.merchantId),
    money(one.availableBalance, one.currency),
    money(one.frozenBalance, one.currency),
    withReason(one.auditStatus, one.rejectReason),
    status(one.status),
    auditButtons('wallets', one.walletOrderNo, one.auditStatus === 'PENDING'),
  ],
};

export const recharges = {
  id: 'recharges',
  title: ['充值订单', 'Recharges'],
  empty: ['还没有充值订单', 'no recharges yet'],
  columns: [['订单', 'Order'], ['卡钱包', 'Wallet'], ['金额', 'Ordered'], ['已到账', 'Arrived'], STATUS, DECIDE],
  key: ({ orderNo }) => orderNo,
  cells: (one) => [
    names(one.orderNo, one.rechargeOrderNo),
    names(one.walletId),
    money(one.amount, one.currency),
    receivedOf(one),
    status(one.status),
    rechargeButtons(one),
  ],
};

export const withdrawals = {
  id: 'withdrawals',
  title: ['提现订单', 'Withdrawals'],
  empty: ['还没有提现订单', 'no withdrawals yet'],
  columns: [['订单', 'Order'], ['卡钱包', 'Wallet'], ['金额', 'Amount'], ['手续费', 'Fee'], STATUS, DECIDE],
  key: ({ orderNo }) => orderNo,
  cells: (one) => [
    names(one.orderNo, one.withdrawOrderNo),
    names(one.walletId),
    money(one.amount, one.currency),
    money(one.fee, one.currency),
    withReason(one.status, one.failReason),
    withdrawalButtons(one),
  ],
};

export const cards = {
  id: 'cards',
  title: ['卡片', 'Cards'],
  empty: ['还没有卡片', 'no cards yet'],
  columns: [['卡片', 'Card'], ['卡号', 'Number'], ['额度', 'Limit'], ['已用', 'Used'], STATUS, DECIDE],
  key: ({ cardId }) => cardId,
  cells: (one) => [
    names(one.cardId, one.cardOrderNo),
    [one.maskedCardNo ?? '—', el('small', {}, one.expiry ?? '')],
    money(one.cardLimit, one.currency),
    money(one.usedAmount, one.currency),
    withReason(one.status, one.failReason),
    cardButtons(one),
  ],
};

export const payments = {
  id: 'payments',
  title: ['卡片支付订单', 'Card payments'],
  empty: ['还没有支付订单', 'no payments yet'],
  columns: [['订单', 'Order'], ['类型', 'Type'], ['商店', 'Shop'], ['金额', 'Amount'], STATUS, TIME, DECIDE],
  key: ({ payOrderNo }) => payOrderNo,
  cells: (one) => [
    names(one.payOrderNo, one.originPayOrderNo === undefined ? undefined : `← ${one.originPayOrderNo}`),
    one.type,
    [one.merchantName, el('small', {}, one.maskedCardNo)],
    [
      money(one.billingAmount, one.billingCurrency),
      one.transactionCurrency === one.billingCurrency
        ? null
        : el('small', {}, `${one.transactionAmount} ${one.transactionCurrency}`),
    ],
    withReason(one.status, one.reason),
    one.transactionTime,
    paymentButtons(one),
  ],
};

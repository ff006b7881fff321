/** What can be done about each thing, as it stands now. */
import * as command from './commands.js';
import { button } from './dom.js';

export const auditButtons = (kind, name, isOpen) =>
  isOpen
    ? [
        button(['通过', 'Approve'], () => command.approve(kind, name), {
          name: 'approve',
          kind: 'primary',
          about: name,
        }),
        button(['拒绝', 'Reject'], () => command.reject(kind, name), { name: 'reject', about: name }),
      ]
    : null;

export const rechargeButtons = (order) => {
  const isFresh = order.status === 'PENDING' && Object.keys(order.received).length === 0;
  const about = order.rechargeOrderNo;
  return [
    button(['到账', 'Money arrives'], () => command.moneyArrives(order), {
      name: 'arrive',
      kind: order.status === 'PENDING' || order.status === 'PROCESSING' ? 'primary' : '',
      about,
    }),
    isFresh ? button(['失败', 'Fail'], () => command.failRecharge(order), { name: 'fail', about }) : null,
  ];
};

export const withdrawalButtons = (order) =>
  order.status === 'PROCESSING'
    ? [
        button(['打款', 'Pay out'], () => command.payOut(order), {
          name: 'pay-out',
          kind: 'primary',
          about: order.withdrawOrderNo,
        }),
        button(['失败', 'Fail'], () => command.failWithdrawal(order), { name: 'fail', about: order.withdrawOrderNo }),
      ]
    : null;

export const cardButtons = (card) => {
  const about = card.maskedCardNo ?? card.cardOrderNo;
  const change = (words, to, name) => button(words, () => command.changeCard(card, to, words), { name, about });
  switch (card.status) {
    case 'PENDING':
      return [
        button(['开卡', 'Issue'], () => command.issueCard(card), { name: 'issue', kind: 'primary', about }),
        button(['失败', 'Refuse'], () => command.refuseCard(card), { name: 'refuse', about }),
      ];
    case 'ACTIVE':
      return [
        button(['消费', 'Pay'], () => command.pay(card), { name: 'pay', kind: 'primary', about }),
        change(['冻结', 'Freeze'], 'FROZEN', 'freeze'),
        change(['撤销', 'Cancel'], 'CANCELLED', 'cancel'),
      ];
    case 'FROZEN':
      return [
        button(['消费', 'Pay'], () => command.pay(card), { name: 'pay', about }),
        change(['解冻', 'Unfreeze'], 'ACTIVE', 'unfreeze'),
        change(['撤销', 'Cancel'], 'CANCELLED', 'cancel'),
      ];
    default:
      return null;
  }
};

export const paymentButtons = (order) => {
  if (order.type !== 'AUTH') return null;
  const act = (words, name) =>
    button(words, () => command.afterPayment(order, name, words), { name, about: order.payOrderNo });
  if (order.status === 'AUTHORIZED') return [act(['结算', 'Settle'], 'settle'), act(['撤回', 'Reverse'], 'reverse')];
  return order.status === 'SETTLED' ? act(['退款', 'Refund'], 'refund') : null;
};

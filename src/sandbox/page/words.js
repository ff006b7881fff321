/** FalPay's words as they are, each with what it means; an unknown one is shown alone. */
import { el } from './dom.js';

const MEANING = {
  PENDING: ['待处理', 'wait'],
  PROCESSING: ['处理中', 'wait'],
  APPROVED: ['已通过', 'good'],
  REJECTED: ['已拒绝', 'bad'],
  SUCCESS: ['成功', 'good'],
  FAILED: ['失败', 'bad'],
  NORMAL: ['正常', 'good'],
  FROZEN: ['已冻结', 'cold'],
  CLOSED: ['已关闭', 'over'],
  ACTIVE: ['使用中', 'good'],
  CANCELLED: ['已撤销', 'over'],
  EXPIRED: ['已过期', 'over'],
  AUTHORIZED: ['已授权', 'wait'],
  DECLINED: ['已拒付', 'bad'],
  REVERSED: ['已撤回', 'over'],
  SETTLED: ['已结算', 'good'],
  REFUNDED: ['已退款', 'cold'],
  ACKNOWLEDGED: ['已确认', 'good'],
  HELD: ['等待后发', 'wait'],
  DROPPED: ['已丢弃', 'bad'],
  GIVEN_UP: ['已放弃', 'bad'],
};

export function status(word) {
  const [zh, mood] = MEANING[word] ?? ['', 'over'];
  return el('span', { class: `status ${mood}` }, zh === '' ? word : `${zh} ${word}`);
}

/** FalPay's id and our order number of one thing. */
export function names(id, orderNo) {
  return [el('code', {}, id), orderNo === undefined ? null : el('small', {}, orderNo)];
}

export function money(amount, currency) {
  return el('span', { class: 'money' }, amount, ' ', el('small', {}, currency));
}

/** In the reader's own time zone. @param at epoch milliseconds or ISO 8601 */
export function clock(at) {
  if (at === undefined) return '—';
  const time = new Date(at);
  return el('time', { datetime: time.toISOString(), title: time.toISOString() }, time.toLocaleString('sv-SE'));
}

import type { WordListName, WordOf } from '../words';
import { bareName } from './similarity';
import type { Word } from './shape';

/** How our words are said, in Chinese and by other platforms: for guessing which of FalPay's values means which. */
const MEANINGS: { readonly [Name in WordListName]: Readonly<Record<WordOf<Name>, readonly string[]>> } = {
  merchantType: {
    COMPANY: ['企业', '公司', 'enterprise', 'corp'],
    PERSON: ['个人', '自然人', 'individual', 'personal'],
  },
  certType: { ID_CARD: ['身份证', 'idcard', 'identity'], PASSPORT: ['护照'] },
  auditStatus: {
    PENDING: ['待审核', '审核中', '待处理', 'pending', 'wait', 'auditing', 'review', 'init'],
    APPROVED: ['审核通过', '已通过', '通过', '审核成功', 'pass', 'approve', 'success'],
    REJECTED: ['驳回', '拒绝', '不通过', '未通过', '审核失败', 'reject', 'refuse', 'fail'],
  },
  cardholderStatus: {
    PENDING: ['待审核', '审核中', '待处理', 'pending', 'wait', 'init'],
    APPROVED: ['审核通过', '已通过', '通过', '成功', 'pass', 'approve', 'success'],
    REJECTED: ['驳回', '拒绝', '不通过', '未通过', '失败', 'reject', 'refuse', 'fail'],
  },
  walletStatus: {
    PENDING: ['待审核', '审核中', '待开通', '开通中', 'pending', 'init'],
    NORMAL: ['正常', '启用', '有效', 'active', 'enable', 'normal'],
    FROZEN: ['冻结', 'freeze', 'frozen'],
    CLOSED: ['关闭', '注销', 'close', 'cancel'],
  },
  orderStatus: {
    PENDING: ['待支付', '待处理', '待付款', '待审核', '初始', 'pending', 'init', 'wait'],
    PROCESSING: ['处理中', '进行中', '支付中', 'process', 'doing'],
    SUCCESS: ['成功', '已完成', '完成', 'success', 'succeed', 'complete', 'done'],
    FAILED: ['失败', 'fail', 'error'],
  },
  rechargeMethod: {
    BANK_TRANSFER: ['银行', '电汇', '转账', 'bank', 'wire'],
    CRYPTO: ['加密', '数字货币', '虚拟币', 'crypto', 'usdt', 'chain'],
  },
  flowType: {
    RECHARGE: ['充值', 'recharge', 'deposit', 'topup'],
    WITHDRAW: ['提现', 'withdraw'],
    OPEN_CARD_FEE: ['开卡费', '开卡', 'opencard', 'cardopen'],
    CARD_PAY: ['消费', '卡支付', '支付', 'cardpay', 'consume', 'payment'],
    CARD_REFUND: ['退款', 'refund'],
    FEE: ['手续费', '费用', 'fee'],
    ADJUST: ['调账', '调整', 'adjust'],
  },
  flowDirection: {
    IN: ['入账', '收入', '转入', 'income', 'credit'],
    OUT: ['出账', '支出', '转出', 'expense', 'debit'],
  },
  cardScheme: { VISA: ['visa'], MASTERCARD: ['master', '万事达'] },
  cardMode: { SHARE: ['共享', 'share'], PREPAID: ['预付', '储值', 'prepaid', 'recharge'] },
  cardStatus: {
    PENDING: ['待开卡', '开卡中', '处理中', '待激活', 'pending', 'process', 'init'],
    ACTIVE: ['正常', '已激活', '激活', '有效', 'active', 'normal'],
    FROZEN: ['冻结', '锁定', 'freeze', 'frozen', 'lock'],
    CANCELLED: ['注销', '撤销', '销卡', '已取消', 'cancel', 'close'],
    FAILED: ['失败', 'fail'],
    EXPIRED: ['过期', 'expire'],
  },
  payOrderType: {
    AUTH: ['授权', 'auth'],
    SETTLE: ['清算', '结算', '入账', 'settle', 'clear'],
    REVERSAL: ['冲正', '撤销', 'reversal', 'reverse', 'void'],
    REFUND: ['退款', 'refund'],
  },
  payOrderStatus: {
    AUTHORIZED: ['授权成功', '已授权', '授权', 'authorized', 'approve'],
    DECLINED: ['拒绝', '授权失败', '失败', 'decline', 'reject', 'fail'],
    REVERSED: ['撤销', '冲正', 'reverse', 'void'],
    SETTLED: ['清算', '结算', '已入账', 'settle', 'clear'],
    REFUNDED: ['退款', 'refund'],
  },
};

const meaningsOf = (list: string): Readonly<Record<string, readonly string[]>> =>
  Object.hasOwn(MEANINGS, list) ? MEANINGS[list as WordListName] : {};

/**
 * Which of the document's values stands for each of our words: a value of the same name, else the one whose value or
 * meaning says it with the most letters. Words without a counterpart are left out: they must not be guessed.
 */
export function guessWords(list: string, theirs: readonly Word[]): ReadonlyMap<string, Word> {
  const ours = Object.entries(meaningsOf(list));
  const scored = ours
    .flatMap(([word, meanings]) => theirs.map((one) => ({ word, one, score: likeness(word, meanings, one) })))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const found = new Map<string, Word>();
  const taken = new Set<Word>();
  for (const { word, one } of scored) {
    if (found.has(word) || taken.has(one)) continue;
    found.set(word, one);
    taken.add(one);
  }
  return found;
}

function likeness(word: string, meanings: readonly string[], { value, meaning = '' }: Word): number {
  if (bareName(value) === bareName(word)) return 1000;
  const said = [value.toLowerCase(), meaning.toLowerCase()];
  const name = bareName(word);
  return Math.max(
    0,
    ...[name, ...meanings].map((one) =>
      said.some((text) => bareText(text).includes(bareText(one))) ? weight(one) : 0,
    ),
  );
}

const bareText = (text: string): string => text.toLowerCase().replace(/[\s_-]/g, '');
/** A Chinese character says as much as two letters; 不通过 wins over the 通过 in it. */
const weight = (text: string): number =>
  [...text].reduce((sum, char) => sum + (/[\u4e00-\u9fff]/.test(char) ? 2 : 1), 0);

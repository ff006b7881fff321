import { isCountry, isCurrency } from './iso';

/**
 * The words of every status and kind as they are inside, whatever FalPay writes for them (profile `wire.enums`). FalPay
 * may lengthen the lists of its answers: what is not listed is kept as it comes and means nothing to us. [I]
 */
export const wordLists = {
  merchantType: ['COMPANY', 'PERSON'],
  certType: ['ID_CARD', 'PASSPORT'],
  auditStatus: ['PENDING', 'APPROVED', 'REJECTED'],
  cardholderStatus: ['PENDING', 'APPROVED', 'REJECTED'],
  walletStatus: ['PENDING', 'NORMAL', 'FROZEN', 'CLOSED'],
  orderStatus: ['PENDING', 'PROCESSING', 'SUCCESS', 'FAILED'],
  rechargeMethod: ['BANK_TRANSFER', 'CRYPTO'],
  flowType: ['RECHARGE', 'WITHDRAW', 'OPEN_CARD_FEE', 'CARD_PAY', 'CARD_REFUND', 'FEE', 'ADJUST'],
  flowDirection: ['IN', 'OUT'],
  cardScheme: ['VISA', 'MASTERCARD'],
  cardMode: ['SHARE', 'PREPAID'],
  cardStatus: ['PENDING', 'ACTIVE', 'FROZEN', 'CANCELLED', 'FAILED', 'EXPIRED'],
  payOrderType: ['AUTH', 'SETTLE', 'REVERSAL', 'REFUND'],
  payOrderStatus: ['AUTHORIZED', 'DECLINED', 'REVERSED', 'SETTLED', 'REFUNDED'],
} as const;

export type WordListName = keyof typeof wordLists;
export type WordOf<Name extends WordListName> = (typeof wordLists)[Name][number];

/** Every list whose words the profile may map: ours, and the two of ISO that are too long to write down. */
export const mappableLists = [...Object.keys(wordLists), 'currency', 'country'] as const;

/** Whether `word` is one of the list's, as it is inside; undefined when there is no such list. */
export function isWordOf(list: string, word: string): boolean | undefined {
  if (list === 'currency') return isCurrency(word);
  if (list === 'country') return isCountry(word);
  if (!Object.hasOwn(wordLists, list)) return undefined;
  return (wordLists[list as WordListName] as readonly string[]).includes(word);
}

import type { WalletNews } from '../../../src/messages';
import {
  CARDS_KEPT,
  newRegister,
  ORDERS_KEPT,
  withNews,
  withReconciled,
  type CarriedRegister,
} from '../../../src/workflows/wallet/register';

const SINCE = '2026-01-01T00:00:00.000Z';
const fresh = newRegister('W-1', SINCE);
const order = (orderNo: string) => ({ orderNo, step: 'recharge', workflowId: 'wallet-recharge/R' }) as const;
const card = (cardId: string) => ({ cardId, cardOrderNo: `${cardId}_IC1` });
const told = (register: CarriedRegister, news: Omit<WalletNews, 'walletId'>) =>
  withNews(register, { walletId: 'W-1', ...news });

test('news told twice stand in the register once', () => {
  const once = told(fresh, { merchantId: 'M', currency: 'USD', orders: [order('R-1_RC1')], cards: [card('1')] });
  const twice = told(once, { merchantId: 'M', currency: 'USD', orders: [order('R-1_RC1')], cards: [card('1')] });
  expect(twice).toEqual(once);
  expect(once).toMatchObject({
    merchantId: 'M',
    currency: 'USD',
    counts: { orders: 1, cards: 1, settled: 0, dropped: 0 },
  });
});

test('an order that is settled is counted and dropped, and is not taken up again when its flow tells it once more', () => {
  const register = told(fresh, { orders: [order('R-1_RC1'), order('R-2_RC1')] });
  const settled = withReconciled(register, {
    walletId: 'W-1',
    to: '2026-01-31',
    closing: { USD: '5.00' },
    settled: ['R-1_RC1'],
  });
  expect(settled.orders).toEqual([order('R-2_RC1')]);
  expect(told(settled, { orders: [order('R-1_RC1')] }).orders).toEqual([order('R-2_RC1')]);
  expect(settled).toMatchObject({
    reconciledTo: '2026-01-31',
    closing: { USD: '5.00' },
    counts: { orders: 2, settled: 1 },
  });
});

test('the cursor moves forward only', () => {
  const later = withReconciled(fresh, { walletId: 'W-1', to: '2026-02-01', closing: { USD: '2' }, settled: [] });
  const again = withReconciled(later, { walletId: 'W-1', to: '2026-01-31', closing: { USD: '1' }, settled: [] });
  expect(again).toMatchObject({ reconciledTo: '2026-02-01', closing: { USD: '2' } });
  expect(withReconciled(later, { walletId: 'W-1', settled: [] })).toMatchObject({ reconciledTo: '2026-02-01' });
});

test('it stays bounded and says what it left out', () => {
  const orders = Array.from({ length: ORDERS_KEPT + 10 }, (_, index) => order(`R-${index}_RC1`));
  const cards = Array.from({ length: CARDS_KEPT + 5 }, (_, index) => card(`${index}`));
  const register = told(fresh, { orders, cards });
  expect(register.orders).toHaveLength(ORDERS_KEPT);
  expect(register.cards).toHaveLength(CARDS_KEPT);
  expect(register.counts).toMatchObject({ orders: ORDERS_KEPT + 10, cards: CARDS_KEPT + 5, dropped: 15 });
  expect(Buffer.byteLength(JSON.stringify(register))).toBeLessThan(1_500_000);
});

test('a message sent by hand that is no news changes nothing', () => {
  const nonsense = { walletId: 'W-1', orders: [null, { step: 'recharge' }], cards: 'none', merchantId: 7 };
  expect(withNews(fresh, nonsense as unknown as WalletNews)).toEqual(fresh);
  expect(withReconciled(fresh, { to: 7 } as unknown as Parameters<typeof withReconciled>[1])).toEqual(fresh);
});

import fc from 'fast-check';
import { z } from 'zod';
import {
  ApiWalletRechargeOrderDto,
  decode,
  encode,
  formatTime,
  FlowItem,
  OpenWalletFlowVo,
  parseLossless,
  parseTime,
  RechargeMethodVo,
  stringifyLossless,
  VcCardPayOrderVo,
} from '../../../src/falpay/contract';
import { loadProfile, maskCardNumbers } from '../../../src/falpay';
import { amount } from '../../../src/falpay/money';
import { RECHARGE } from './fake-server';

test('a number of any length comes in as its own text where the model has text', () => {
  const model = z.object({ id: z.string() });
  const number = fc
    .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.stringMatching(/^(\.\d{1,20})?$/))
    .map(([whole, fraction]) => `${whole}${fraction}`);
  fc.assert(
    fc.property(number, (text) => {
      expect(decode(model, parseLossless(`{"id":${text}}`))).toEqual({ id: text });
      expect(decode(model, parseLossless(`{"id":"${text}"}`))).toEqual({ id: text });
    }),
  );
});

test('amounts with exponents become plain, and mean the same', () => {
  const amount = FlowItem.shape.amount;
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
      fc.integer({ min: -9, max: 9 }),
      (digits, exponent) => {
        const plain = amount.parse(`${digits}E${exponent}`);
        expect(plain).toMatch(/^-?(0|[1-9]\d*)(\.\d+)?$/);
        const [whole = '', fraction = ''] = plain.split('.');
        expect(BigInt(whole + fraction.padEnd(9, '0'))).toBe(digits * 10n ** BigInt(9 + exponent));
      },
    ),
  );
});

test.each([
  ['007.50', '7.50'],
  ['-000', '-0'],
  ['+5', '5'],
])('an amount written as %s is %s: what reckons with it takes plain amounts only', (written, read) => {
  expect(FlowItem.shape.amount.parse(written)).toBe(read);
  expect(amount(read)).toBe(read);
});

test('an amount too long to be reckoned with is a fault of the answer, not of the flow that reads it', () => {
  expect(FlowItem.shape.amount.safeParse('1e80').success).toBe(false);
});

test('counts become numbers, from a number or its text', () => {
  const page = (total: string) =>
    parseLossless(`{"pageInfo":{"pageNum":1,"pageSize":"100","total":${total}},"items":[]}`);
  expect(decode(OpenWalletFlowVo, page('7'))).toEqual({ pageInfo: { pageNum: 1, pageSize: 100, total: 7 }, items: [] });
  expect(OpenWalletFlowVo.safeParse(decode(OpenWalletFlowVo, page('1.5'))).success).toBe(false);
  expect(OpenWalletFlowVo.safeParse(decode(OpenWalletFlowVo, page('9007199254740993'))).success).toBe(false);
});

test('null is absent where a field may be, and a fault where it may not', () => {
  const model = z.object({ a: z.string().optional(), b: z.string() });
  expect(decode(model, { a: null, b: null })).toEqual({ b: null });
});

test('a request is written with ids and amounts as text, or as numbers when the profile says so', () => {
  const request = ApiWalletRechargeOrderDto.parse({ ...RECHARGE, remark: undefined });
  const written = (wire: object) =>
    stringifyLossless(encode(ApiWalletRechargeOrderDto, request, loadProfile({ wire })));
  expect(written({})).toBe(JSON.stringify(RECHARGE));
  expect(written({ ids: 'number', amounts: 'number' })).toBe(
    '{"rechargeOrderNo":"M1001_RC1","walletId":1934567890123456001,"amount":100.00,"currency":"USD","methodCode":"BANK_TRANSFER"}',
  );
});

test('names of the profile are used on the wire, both ways, and never inside', () => {
  const named = loadProfile({
    wire: {
      names: {
        OpenWalletFlowVo: { items: 'rows' },
        PageInfo: { total: 'totalCount' },
        ApiWalletRechargeOrderDto: { amount: 'sum' },
      },
    },
  });
  const inside = { pageInfo: { pageNum: 1, pageSize: 10, total: 0 }, items: [] };
  expect(decode(OpenWalletFlowVo, { pageInfo: { pageNum: 1, pageSize: 10, totalCount: 0 }, rows: [] }, named)).toEqual(
    inside,
  );
  expect(encode(OpenWalletFlowVo, inside, named)).toEqual({
    pageInfo: { pageNum: 1, pageSize: 10, totalCount: 0 },
    rows: [],
  });
  expect(encode(ApiWalletRechargeOrderDto, RECHARGE, named)).toHaveProperty('sum', '100.00');
});

describe('amounts in minor units', () => {
  const cents = loadProfile({ wire: { amountUnit: 'minor', amounts: 'number', minorDigits: { USDT: 6 } } });
  const flow = (amount: string, currency: string) =>
    (decode(FlowItem, parseLossless(`{"amount":${amount},"currency":"${currency}"}`), cents) as FlowItem).amount;

  test.each([
    ['10000', 'USD', '100.00'],
    ['5', 'USD', '0.05'],
    ['-5', 'USD', '-0.05'],
    ['100', 'JPY', '100'],
    ['1', 'KWD', '0.001'],
    ['1500000', 'USDT', '1.500000'],
    ['1E+4', 'USD', '100.00'],
    ['100.5', 'USD', '1.005'],
    ['900719925474099312345', 'USD', '9007199254740993123.45'],
  ])('%s of %s are %s', (written, currency, amount) => {
    expect(flow(written, currency)).toBe(amount);
  });

  test('of a currency nobody knows are no amount, rather than a hundredfold one', () => {
    expect(FlowItem.shape.amount.safeParse(flow('100', 'XYZ')).success).toBe(false);
  });

  test('are written so too, each in its own currency, and rates are not', () => {
    const request = { ...RECHARGE, amount: '100.5' };
    expect(stringifyLossless(encode(ApiWalletRechargeOrderDto, request, cents))).toContain('"amount":10050,');
    const order = {
      transactionAmount: '100',
      transactionCurrency: 'JPY',
      billingAmount: '0.70',
      billingCurrency: 'USD',
    };
    expect(stringifyLossless(encode(VcCardPayOrderVo, { ...order, fee: '0.01' }, cents))).toBe(
      '{"transactionAmount":100,"transactionCurrency":"JPY","billingAmount":70,"billingCurrency":"USD","fee":1}',
    );
    const method = { currency: 'USD', minAmount: '10.00', feeRate: '0.01' };
    expect(stringifyLossless(encode(RechargeMethodVo, method, cents))).toBe(
      '{"currency":"USD","minAmount":1000,"feeRate":0.01}',
    );
  });
});

describe('times', () => {
  const china = { format: 'yyyy-MM-dd HH:mm:ss', zone: '+08:00' } as const;
  test('are in FalPay’s zone', () => {
    expect(formatTime(new Date('2025-12-31T16:00:00.999Z'), china)).toBe('2026-01-01 00:00:00');
    expect(parseTime('2026-01-01 00:00:00', china)?.toISOString()).toBe('2025-12-31T16:00:00.000Z');
    expect(parseTime('2026-01-01 00:00:00', { ...china, zone: '-03:30' })?.toISOString()).toBe(
      '2026-01-01T03:30:00.000Z',
    );
  });
  test('with an offset of their own keep it', () => {
    expect(parseTime('2026-01-01T00:00:00.500Z', china)?.toISOString()).toBe('2026-01-01T00:00:00.500Z');
    expect(parseTime('2026-01-01T00:00:00+0100', china)?.toISOString()).toBe('2025-12-31T23:00:00.000Z');
    expect(parseTime('1767225600000', china)?.toISOString()).toBe('2026-01-01T00:00:00.000Z');
  });
  test.each(['2026-02-30 00:00:00', '2026-01-01', 'soon', '2026-01-01 25:00:00'])('"%s" is none', (text) => {
    expect(parseTime(text, china)).toBeUndefined();
  });
  test('survive the way out and back to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        expect(parseTime(formatTime(new Date(seconds * 1000), china), china)?.getTime()).toBe(seconds * 1000);
      }),
    );
  });
});

test('card numbers are masked in prose, other numbers are left alone', () => {
  expect(maskCardNumbers('card 4111 1111-1111 1111 refused')).toBe('card ************1111 refused');
  expect(maskCardNumbers('order 4111111111111112, phone 85223456789')).toBe(
    'order 4111111111111112, phone 85223456789',
  );
});

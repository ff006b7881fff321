import { z } from 'zod';
import {
  ApiCardBinVo,
  BasePageRequestApiCardPayOrderQueryDto,
  FlowItem,
  WalletStatusUpdateDto,
} from '../../../src/falpay/contract';
import { loadProfile } from '../../../src/falpay/contract/profile';
import { codeOnTheWire } from '../../../src/sandbox/refusal';
import { toJson, WireCodec } from '../../../src/sandbox/wire/codec';
import {
  dateFromWire,
  dateToWire,
  insideTime,
  instantOf,
  timeFromWire,
  timeToWire,
  wireInstant,
  wireTime,
  type TimeRules,
} from '../../../src/sandbox/wire/times';

const standard = loadProfile();
const codecOf = (override: object): WireCodec => new WireCodec(loadProfile(override));
const read = (codec: WireCodec, schema: z.ZodType, text: string): unknown =>
  codec.readRequest(schema, Buffer.from(text));

describe('times', () => {
  const at = Date.parse('2026-02-02T02:40:00Z');
  const rules = (format: string, zone = '+08:00'): TimeRules => ({ ...standard.time, format, zone });

  test.each([
    ['yyyy-MM-dd HH:mm:ss', '+08:00', '2026-02-02 10:40:00'],
    ["yyyy-MM-dd'T'HH:mm:ssXXX", '-03:30', '2026-02-01T23:10:00-03:30'],
    ['yyyyMMddHHmmss', 'Z', '20260202024000'],
    ['dd/MM/yyyy HH:mm:ss.SSS', 'Z', '02/02/2026 02:40:00.000'],
    ['epoch-ms', '+08:00', '1770000000000'],
    ['epoch-s', '+08:00', '1770000000'],
  ])('as %s in %s', (format, zone, text) => {
    expect(wireTime(at, rules(format, zone))).toBe(text);
    expect(wireInstant(text, rules(format, zone))).toBe(at);
    const inside = insideTime(at, zone);
    expect(timeToWire(inside, rules(format, zone))).toBe(text);
    expect(timeFromWire(text, rules(format, zone))).toBe(inside);
    expect(instantOf(inside, zone)).toBe(at);
  });

  test.each(['2026-02-30 10:00:00', '2026-02-02T10:00:00', 'yesterday', '2026-02-02 24:00:00', ''])(
    '%j is none',
    (text) => {
      expect(timeFromWire(text, standard.time)).toBeUndefined();
    },
  );

  test('dates have no zone', () => {
    const dates = { ...standard.time, date: 'dd.MM.yyyy' };
    expect(dateToWire('1980-05-17', dates)).toBe('17.05.1980');
    expect(dateFromWire('17.05.1980', dates)).toBe('1980-05-17');
    expect(dateFromWire('31.02.1980', dates)).toBeUndefined();
  });
});

describe('a request is taken only as the profile writes it', () => {
  const words = codecOf({
    wire: {
      enums: { 'WalletStatusUpdateDto.status': { NORMAL: 1, FROZEN: [9, 'HOLD'] } },
      naming: 'snake_case',
      ids: 'number',
    },
  });

  test.each([
    ['by its word', '{"wallet_id":22,"status":9}', { walletId: '22', status: 'FROZEN' }],
    ['by its other word', '{"wallet_id":22,"status":"HOLD"}', { walletId: '22', status: 'FROZEN' }],
    ['by a word that is the same', '{"wallet_id":22,"status":"CLOSED"}', { walletId: '22', status: 'CLOSED' }],
  ])('%s', (_what, text, expected) => {
    expect(read(words, WalletStatusUpdateDto, text)).toEqual(expected);
  });

  test.each([
    ['our word instead of its own', '{"wallet_id":22,"status":"FROZEN"}', 'status'],
    ['a number written as text', '{"wallet_id":22,"status":"1"}', 'status'],
    [
      'our name instead of its own',
      '{"walletId":22,"status":9}',
      'walletId: is not a field of this request, wallet_id is',
    ],
    ['an id as text where it is a number', '{"wallet_id":"22","status":9}', 'wallet_id: must be a bare number'],
    ['a field too many', '{"wallet_id":22,"status":9,"more":1}', 'more: is not a field'],
  ])('not with %s', (_what, text, message) => {
    expect(() => read(words, WalletStatusUpdateDto, text)).toThrow(message);
  });
});

test('pages are counted as the profile counts them, and what is asked for may stand beside them', () => {
  const codec = codecOf({ paging: { pageNum: 'page', pageSize: 'size', param: '.', firstPage: 0 } });
  const request = { pageNum: 1, pageSize: 10, param: { cardId: '5' } };
  expect(codec.write(BasePageRequestApiCardPayOrderQueryDto, request)).toEqual({ page: 0, size: 10, cardId: '5' });
  expect(read(codec, BasePageRequestApiCardPayOrderQueryDto, '{"page":0,"size":10,"cardId":"5"}')).toEqual(request);
});

test('answers have numbers, words and booleans as the profile writes them, and every digit', () => {
  const codec = codecOf({
    wire: {
      ids: 'number',
      amounts: 'number',
      booleans: { true: 1, false: 0 },
      enums: { flowDirection: { IN: '+', OUT: '-' } },
    },
  });
  const flow = {
    flowNo: '4000000000000000001',
    walletId: '2000000000000000002',
    orderNo: '3000000000000000003',
    merchantOrderNo: '007',
    type: 'RECHARGE',
    direction: 'IN',
    amount: '1234567890123456.70',
    fee: '0.00',
    balanceAfter: '1.00',
    currency: 'USD',
    status: 'SUCCESS',
    createTime: '2026-02-02 10:40:00',
  };
  const text = toJson(codec.write(FlowItem, flow)).toString();
  expect(text).toContain('"flowNo":4000000000000000001');
  expect(text).toContain('"merchantOrderNo":"007"');
  expect(text).toContain('"amount":1234567890123456.70');
  expect(text).toContain('"direction":"+"');
  expect(toJson(codec.write(ApiCardBinVo, { enabled: true, needCardholder: false })).toString()).toBe(
    '{"needCardholder":0,"enabled":1}',
  );
});

test('codes are ours where the profile knows them, else those that the profile gives their meaning', () => {
  expect(codeOnTheWire('INVALID_TOKEN', standard)).toBe('INVALID_TOKEN');
  const other = loadProfile({
    envelope: { codes: 'number', notFoundCodes: ['404'] },
    errors: { codes: { INVALID_TOKEN: null, UNAUTHORIZED: null, TOKEN_EXPIRED: null, '401': null, '1001': 'token' } },
  });
  expect(codeOnTheWire('INVALID_TOKEN', other)).toBe('1001');
  expect(codeOnTheWire('NOT_FOUND', other)).toBe('404');
  expect(codeOnTheWire('INSUFFICIENT_BALANCE', other)).toMatch(/^7\d{4}$/);
});

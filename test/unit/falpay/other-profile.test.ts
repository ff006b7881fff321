/** The other profile to the letter: what goes over the wire is written here by hand, not by the code under test. */
import { createSign, createVerify } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { FalpayClient, type MerchantCreateDto } from '../../../src/falpay';
import { otherProfile } from '../../setup/other-profile';
import { errorOf, ourKeys, platformKeys } from './fake-server';

interface Seen {
  readonly line: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}
interface Reply {
  readonly status?: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const seen: Seen[] = [];
const tokenAnswer = '{"ret_code":0,"ret_msg":"ok","biz_data":{"token":"T1","token_type":"x","ttl":60000}}';
let answer: (request: Seen) => Reply;

const signed = (body: string): string => createSign('RSA-SHA512').update(body).sign(platformKeys.privateKey, 'hex');

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    const one = { line: `${request.method} ${request.url}`, headers: request.headers, body };
    seen.push(one);
    const reply = request.url?.endsWith('/token') ? { body: tokenAnswer } : answer(one);
    response.writeHead(reply.status ?? 200, { sign: signed(reply.body), ...reply.headers }).end(reply.body);
  });
});

let client: FalpayClient;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  seen.length = 0;
  client = new FalpayClient({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clientId: '1234567890123456789',
    clientSecret: 'se:cret',
    privateKey: ourKeys.privateKey,
    platformPublicKeys: [platformKeys.publicKey],
    profile: otherProfile(),
  });
});
afterEach(() => client.close());

const data = (json: string): Reply => ({ body: `{"ret_code":0,"ret_msg":"","biz_data":${json}}` });
const refusal = (code: number | string): Reply => ({ body: `{"ret_code":${code},"ret_msg":"no"}` });

const merchant: MerchantCreateDto = {
  merchantOrderNo: 'M-1',
  merchantType: 'COMPANY',
  company: {
    nameEn: 'Starbridge',
    country: 'HK',
    registrationNo: '007',
    registerDate: '2019-05-20',
    address: '1 Sample Road',
    industry: 'trade',
    businessLicenseKey: 'k/1',
    legalInfo: {
      name: 'Chan',
      nationality: 'HK',
      birthDate: '1980-01-31',
      certType: 'PASSPORT',
      certNo: 'K1',
      certFrontKey: 'k/2',
    },
    shareholders: [
      { name: 'Chan', nationality: 'HK', certType: 'ID_CARD', certNo: 'K1', shareRatio: '100', certFrontKey: 'k/3' },
    ],
  },
  contactName: 'Wong',
  contactPhone: '85261234567',
  contactEmail: 'ops@starbridge.example',
};

test('a token is asked for, and a merchant created, exactly as that provider wants it', async () => {
  answer = () => data('1934567890123456789');
  expect(await client.createMerchant(merchant)).toBe('1934567890123456789');
  const [token, create] = seen;
  expect(token).toMatchObject({
    line: 'POST /gateway/v3/oauth2/token',
    body: 'grant=app_credentials',
    headers: {
      authorization: `Basic ${Buffer.from('1234567890123456789:se:cret').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      'api-version': '2026-01',
    },
  });
  expect(create?.line).toBe('POST /gateway/v3/merchants/register');
  expect(create?.body).toBe(
    '{"out_request_no":"M-1","merchant_type":"C","corporate":{"name_en":"Starbridge","country":"HKG",' +
      '"registration_no":"007","register_date":"20190520","address":"1 Sample Road","industry":"trade",' +
      '"business_license_key":"k/1","legal_person":{"name":"Chan","nationality":"HKG","birth_date":"19800131",' +
      '"cert_type":2,"cert_no":"K1","cert_front_key":"k/2"},"owners":[{"name":"Chan","nationality":"HKG",' +
      '"cert_type":1,"cert_no":"K1","share_ratio":100,"cert_front_key":"k/3"}]},"contact_name":"Wong",' +
      '"contact_phone":"85261234567","contact_email":"ops@starbridge.example"}',
  );
  const { sign, ...headers } = create?.headers ?? {};
  expect(headers).toMatchObject({ 'access-token': 'T1', 'app-id': '1234567890123456789', 'api-version': '2026-01' });
  expect(Object.keys(headers).filter((name) => name.startsWith('x-falpay') || name === 'authorization')).toEqual([]);
  const verifier = createVerify('RSA-SHA512').update(create?.body ?? '');
  expect(verifier.verify(ourKeys.publicKey, String(sign), 'hex')).toBe(true);
});

const detail = (state: string) =>
  data(
    `{"merchant_id":1934567890123456789,"merchant_order_no":"M-1","merchant_type":"C","state":${state},"memo":null,` +
      '"create_time":1767225600000,"update_time":1767225600123}',
  );

test.each([
  ['9', 'PENDING'],
  ['1', 'APPROVED'],
  ['"1"', 'APPROVED'],
  ['2', 'REJECTED'],
  ['77', '77'],
  ['"APPROVED"', '?APPROVED'],
  ['"?APPROVED"', '??APPROVED'],
])('an audit whose state is %s is %s', async (state, word) => {
  answer = () => detail(state);
  expect(await client.getMerchant({ merchantOrderNo: 'M-1' })).toEqual({
    merchantId: '1934567890123456789',
    merchantOrderNo: 'M-1',
    merchantType: 'COMPANY',
    auditStatus: word,
    createTime: '2026-01-01 00:00:00',
    updateTime: '2026-01-01 00:00:00.123',
  });
});

test('pages are asked for from 0 beside the question, and told beside the rows', async () => {
  const row =
    '{"flow_no":1,"wallet_id":2,"order_no":3,"type":1,"dc_flag":"C","amount":49450,"fee":550,"balance_after":49450,' +
    '"currency":840,"status":2,"create_time":1767225600000}';
  answer = () => data(`{"page":0,"size":20,"total_count":1,"rows":[${row}]}`);
  const query = { walletId: '2', type: 'RECHARGE', startTime: '2026-01-01 00:00:00', pageNum: 1, pageSize: 20 };
  expect(await client.listWalletFlows(query)).toEqual({
    pageInfo: { pageNum: 1, pageSize: 20, total: 1 },
    items: [
      {
        flowNo: '1',
        walletId: '2',
        orderNo: '3',
        type: 'RECHARGE',
        direction: 'IN',
        amount: '494.50',
        fee: '5.50',
        balanceAfter: '494.50',
        currency: 'USD',
        status: 'SUCCESS',
        createTime: '2026-01-01 00:00:00',
      },
    ],
  });
  expect(seen.at(-1)?.body).toBe('{"wallet_id":2,"type":1,"start_time":1767225600000,"page":0,"size":20}');

  answer = () => data('{"page":2,"size":10,"total_count":0,"rows":[]}');
  await client.listCardFees({ pageNum: 3, pageSize: 10, param: { cardId: '7' } });
  expect(seen.at(-1)?.body).toBe('{"page":2,"size":10,"card_id":7}');
});

test('yes and no are 1 and 0', async () => {
  answer = () =>
    data(
      '[{"bin_id":5,"card_bin":"049387","scheme":"VISA","currency":840,"country":"HKG","card_mode":1,' +
        '"need_cardholder":1,"open_fee":100,"monthly_fee":0,"enabled":0}]',
    );
  expect(await client.listCardBins()).toEqual([
    {
      binId: '5',
      cardBin: '049387',
      scheme: 'VISA',
      currency: 'USD',
      country: 'HK',
      cardMode: 'SHARE',
      needCardholder: true,
      openFee: '1.00',
      monthlyFee: '0.00',
      enabled: false,
    },
  ]);
});

test('codes mean what that profile says, with any HTTP status of a success', async () => {
  const query = () => client.getMerchant({ merchantOrderNo: 'M-1' });
  answer = () => refusal(40405);
  expect(await query()).toBeNull();
  answer = () => refusal('"40404"');
  expect(await query()).toBeNull();
  answer = () => refusal(40102);
  expect(await errorOf(query())).toMatchObject({ type: 'FalpayAuth' });
  answer = () => refusal(42900);
  expect(await errorOf(client.createMerchant(merchant))).toMatchObject({ type: 'FalpayUnavailable' });
  answer = () => refusal(50000);
  expect(await errorOf(client.createMerchant(merchant))).toMatchObject({ type: 'FalpayOutcomeUnknown' });
  answer = () => refusal(30001);
  expect(await errorOf(client.createMerchant(merchant))).toMatchObject({ type: 'FalpayRejected', code: '30001' });
  answer = () => ({ body: '{"biz_data":1}' });
  expect(await errorOf(client.createMerchant(merchant))).toMatchObject({ type: 'FalpayOutcomeUnknown' });
});

test('statuses mean what that profile says', async () => {
  answer = () => ({ status: 503, body: '', headers: { 'wait-seconds': '7' } });
  expect(await errorOf(client.createMerchant(merchant))).toMatchObject({
    type: 'FalpayUnavailable',
    retryAfterMs: 7000,
  });
  answer = () => ({ status: 403, body: '' });
  expect(await errorOf(client.createMerchant(merchant))).toMatchObject({ type: 'FalpayAuth' });
  answer = () => ({ status: 502, body: '' });
  expect(await errorOf(client.createMerchant(merchant))).toMatchObject({ type: 'FalpayOutcomeUnknown' });
});

test('a token refused by code alone is renewed, and the call made again once', async () => {
  const calls = () => seen.filter(({ line }) => !line.endsWith('/token'));
  answer = () => (calls().length === 1 ? refusal(40101) : detail('1'));
  expect(await client.getMerchant({ merchantOrderNo: 'M-1' })).toMatchObject({ auditStatus: 'APPROVED' });
  expect([seen.length, calls().length]).toEqual([4, 2]);
  answer = () => refusal(40101);
  expect(await errorOf(client.getMerchant({ merchantOrderNo: 'M-1' }))).toMatchObject({ type: 'FalpayAuth' });
});

describe('a callback', () => {
  const body = (type: string) =>
    `{"event_type":"${type}","biz_no":"M-1_OR1","falpay_no":1934567890123456790,"event":{"time":1767225600000,"content":` +
    '{"wallet_id":21,"status":2,"amount":50000,"credited_amount":50000,"fee":0,"currency":840}}}';
  const received = (text: string, path = '/notify') =>
    client.verifyCallback({ path, rawBody: text, headers: { Sign: signed(text), 'Event-Id': 'e-7' } });

  test('to the one address is told apart by its type, with the numbers found beside its data', () => {
    expect(received(body('DEPOSIT'))).toEqual({
      ok: true,
      key: 0,
      // Its time is not signed: only a query is to be believed.
      stale: true,
      event: {
        topic: 'wallet-recharge',
        eventId: 'e-7',
        occurredAt: '2026-01-01 00:00:00',
        orderNo: 'M-1_OR1',
        ref: '1934567890123456790',
        data: {
          orderNo: '1934567890123456790',
          rechargeOrderNo: 'M-1_OR1',
          walletId: '21',
          status: 'SUCCESS',
          amount: '500.00',
          creditedAmount: '500.00',
          fee: '0.00',
          currency: 'USD',
        },
      },
    });
  });

  test('of an unknown type, of a type whose data it does not have, or at another address is unreadable', () => {
    const about = { ok: false, status: 400, reason: 'schema' };
    expect(received(body('LOTTERY'))).toMatchObject({
      ...about,
      issues: [{ path: 'body.event_type', message: expect.stringContaining('DEPOSIT') }],
    });
    expect(received(body('MERCHANT_AUDIT'))).toMatchObject(about);
    expect(received(body('DEPOSIT'), '/wallet-recharge')).toMatchObject(about);
  });

  test('that was changed is refused', () => {
    const text = body('DEPOSIT');
    const headers = { sign: signed(text), 'event-id': 'e-7' };
    const check = client.verifyCallback({ path: '/notify', rawBody: text.replace('50000', '90000'), headers });
    expect(check).toMatchObject({ ok: false, status: 401, reason: 'wrong-signature' });
  });
});

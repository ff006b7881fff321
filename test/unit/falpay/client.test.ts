import { execFileSync } from 'node:child_process';
import { createVerify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type FalpayClient,
  FalpayClient as Client,
  loadProfile,
  operationNames,
  operations,
  type OperationName,
} from '../../../src/falpay';
import {
  CARD_ANSWER,
  CARDHOLDER,
  clientFor,
  errorOf,
  FakeFalpay,
  ok,
  ourKeys,
  platformKeys,
  RECHARGE,
  RECHARGE_ANSWER,
  refusal,
  type Seen,
  strangerKeys,
} from './fake-server';

const falpay = new FakeFalpay();
const calls: { operation: string; outcome: string; durationMs: number }[] = [];
let client: FalpayClient;
beforeAll(() => falpay.start());
afterAll(() => falpay.stop());
beforeEach(() => {
  falpay.reset();
  calls.length = 0;
  client = clientFor(falpay.url, { hooks: { onCall: (call) => calls.push(call) } });
});
afterEach(() => client.close());

const last = (): Seen => {
  const seen = falpay.requests.at(-1);
  if (!seen) throw new Error('nothing was sent');
  return seen;
};

const wallet = {
  walletId: '21',
  walletOrderNo: 'W1',
  merchantId: '11',
  currency: 'USD',
  availableBalance: '1.00',
  frozenBalance: '0.00',
  totalBalance: '1.00',
  status: 'NORMAL',
  auditStatus: 'APPROVED',
  createTime: '2026-01-01 00:00:00',
};
const merchantVo = {
  merchantId: '11',
  merchantOrderNo: 'M1',
  merchantType: 'COMPANY',
  auditStatus: 'APPROVED',
  createTime: '2026-01-01 00:00:00',
  updateTime: '2026-01-01 00:00:00',
};
const merchant = {
  merchantOrderNo: 'M1',
  merchantType: 'PERSON' as const,
  person: {
    name: '张三',
    nationality: 'CN',
    birthDate: '1980-01-01',
    certType: 'PASSPORT' as const,
    certNo: 'E12345678',
    address: '上海市',
    certFrontKey: 'kyc/1.jpg',
  },
  contactName: '张三',
  contactPhone: '13800000000',
  contactEmail: 'z@example.com',
};
const payOrder = {
  payOrderNo: '91',
  cardId: '31',
  walletId: '21',
  maskedCardNo: '4111****',
  type: 'AUTH',
  status: 'AUTHORIZED',
  transactionAmount: '1',
  transactionCurrency: 'USD',
  billingAmount: '1',
  billingCurrency: 'USD',
  fee: '0',
  merchantName: 'Coffee',
  mcc: '5814',
  transactionTime: '2026-01-01 00:00:00',
};
const fee = {
  feeOrderNo: '81',
  cardId: '31',
  feeType: 'OPEN',
  amount: '1.00',
  currency: 'USD',
  status: 'SUCCESS',
  createTime: 'x',
};
const bin = {
  binId: '42',
  cardBin: '411111',
  scheme: 'VISA',
  currency: 'USD',
  country: 'US',
  cardMode: 'SHARE',
  needCardholder: true,
  openFee: '1.00',
  monthlyFee: '0.00',
  enabled: true,
};
const method = {
  methodCode: 'BANK_TRANSFER',
  methodName: '银行转账',
  currency: 'USD',
  minAmount: '10',
  feeRate: '0.01',
  feeFixed: '0',
  payee: RECHARGE_ANSWER.payee,
};
const page = { pageNum: 1, pageSize: 10, param: {} };
const paged = (list: readonly unknown[]) => ({ total: list.length, pageNum: 1, pageSize: 10, list });
const flows = { pageInfo: { pageNum: 1, pageSize: 10, total: 0 }, items: [] };
const limit = { limitOrderNo: 'L1', cardId: '31', amount: '5.00', currency: 'USD' };
const apply = { cardOrderNo: 'M1001_CD1', walletId: '21', binId: '42', cardLimit: '50.00', currency: 'USD' };
const holder = { cardholderId: '51', cardholderOrderNo: CARDHOLDER.cardholderOrderNo, status: 'APPROVED' };

type Row = readonly [
  operation: OperationName,
  path: string,
  call: (api: FalpayClient) => Promise<unknown>,
  data: unknown,
];
const rows: readonly Row[] = [
  ['createMerchant', 'merchant/create', (api) => api.createMerchant(merchant), '1934567890123456789'],
  ['updateMerchant', 'merchant/update', (api) => api.updateMerchant({ merchantId: '11', contactName: 'A' }), null],
  ['getMerchant', 'merchant/detail', (api) => api.getMerchant({ merchantId: '11' }), merchantVo],
  [
    'openWallet',
    'wallet/apply',
    (api) => api.openWallet({ walletOrderNo: 'W1', merchantId: '11', currency: 'USD' }),
    { walletId: '21', walletOrderNo: 'W1', auditStatus: 'PENDING' },
  ],
  ['createRecharge', 'wallet/recharge/create', (api) => api.createRecharge(RECHARGE), RECHARGE_ANSWER],
  [
    'createWithdrawal',
    'wallet/withdraw/create',
    (api) =>
      api.createWithdrawal({
        withdrawOrderNo: 'D1',
        walletId: '21',
        amount: '5',
        currency: 'USD',
        payee: { accountName: 'A', accountNo: '1' },
      }),
    '72',
  ],
  [
    'updateWalletStatus',
    'wallet/status/update',
    (api) => api.updateWalletStatus({ walletId: '21', status: 'FROZEN' }),
    { any: 1 },
  ],
  ['getWallet', 'wallet/info', (api) => api.getWallet({ walletOrderNo: 'W1' }), wallet],
  ['listWalletFlows', 'wallet/flow', (api) => api.listWalletFlows({ walletId: '21', pageNum: 1, pageSize: 10 }), flows],
  ['listCardBins', 'card/bin/list', (api) => api.listCardBins(), [bin]],
  ['getRechargeInfo', 'wallet/recharge/info', (api) => api.getRechargeInfo({ walletId: '21' }), { methods: [method] }],
  ['createCardholder', 'cardholder/save', (api) => api.createCardholder(CARDHOLDER), holder],
  ['applyCard', 'card/apply', (api) => api.applyCard(apply), CARD_ANSWER],
  ['increaseCardLimit', 'card/quota/increase', (api) => api.increaseCardLimit(limit), null],
  ['decreaseCardLimit', 'card/quota/decrease', (api) => api.decreaseCardLimit(limit), null],
  ['getCard', 'card/info', (api) => api.getCard({ cardOrderNo: 'M1001_CD1' }), CARD_ANSWER],
  ['listCardFees', 'card/fee/page', (api) => api.listCardFees(page), paged([fee])],
  ['getCardPayOrder', 'card/pay-order/info', (api) => api.getCardPayOrder({ payOrderNo: '91' }), payOrder],
  ['listCardPayOrders', 'card/pay-order/page', (api) => api.listCardPayOrders(page), paged([payOrder])],
];

test.each(rows)(
  '%s posts to …/%s, signed, under the token, and reads the answer',
  async (operation, at, call, data) => {
    falpay.handle = () => ok(data);
    expect(await call(client)).toEqual(operations[operation].kind === 'void-create' ? undefined : data);
    const { path: seenPath, headers, body, query } = last();
    expect(seenPath).toBe(`/api/open/${at}`);
    expect([...query.keys()]).toEqual([]);
    expect(headers.authorization).toBe(`Bearer ${'T'.repeat(128)}`);
    const { 'x-falpay-timestamp': timestamp, 'x-falpay-nonce': nonce, 'x-falpay-signature': signature } = headers;
    expect(nonce).toMatch(/^[0-9a-f]{32}$/);
    const verifier = createVerify('RSA-SHA256').update(`${String(timestamp)}\n${String(nonce)}\n${body}`);
    expect(verifier.verify(ourKeys.publicKey, String(signature), 'base64')).toBe(true);
    expect(calls).toMatchObject([{ operation, outcome: 'ok', durationMs: expect.any(Number) }]);
  },
);

test('every operation of the contract is exercised here', () => {
  expect(['getToken', ...rows.map(([operation]) => operation)].sort()).toEqual([...operationNames].sort());
});

test('获取可用的卡BIN码列表 sends an empty body and no content type', async () => {
  falpay.handle = () => ok([]);
  await client.listCardBins();
  expect(last().body).toBe('');
  expect(last().headers).not.toHaveProperty('content-type');
});

test('Chinese text and quotes arrive as they were', async () => {
  falpay.handle = () => ok('1');
  const name = '张"三\\李\u{1F600}';
  await client.createMerchant({ ...merchant, person: { ...merchant.person, name } });
  expect(JSON.parse(last().body)).toMatchObject({ person: { name } });
});

test('bare numbers of 19 digits and decimals come in with every digit', async () => {
  falpay.handle = () => ({ body: '{"success":true,"code":200,"data":1934567890123456789}' });
  expect(await client.createMerchant(merchant)).toBe('1934567890123456789');
  const text = JSON.stringify(wallet).replace('"21"', '9007199254740993').replaceAll('"1.00"', '1.00');
  falpay.handle = () => ({ body: `{"success":true,"code":"200","data":${text}}` });
  expect(await client.getWallet({ walletOrderNo: 'W1' })).toEqual({ ...wallet, walletId: '9007199254740993' });
});

test('FalPay’s old key is accepted beside the new one', async () => {
  const both = clientFor(falpay.url, { platformPublicKeys: [strangerKeys.publicKey, platformKeys.publicKey] });
  falpay.handle = () => ok([]);
  expect(await both.listCardBins()).toEqual([]);
  both.close();
});

test('paths, headers and the envelope come from the profile', async () => {
  const own = clientFor(`${falpay.url}/gateway/`, {
    profile: loadProfile({
      headers: { authorization: 'X-Token', authorizationScheme: 'Token' },
      envelope: { success: 'ok', successCode: '0' },
      operations: { listCardBins: { path: '/v2/bins' } },
    }),
  });
  falpay.token = () => ({
    body: '{"ok":true,"code":"0","data":{"access_token":"t","token_type":"bearer","expires_in":60}}',
    signed: 'no',
  });
  falpay.handle = () => ({ body: '{"ok":true,"code":0,"data":[]}' });
  expect(await own.listCardBins()).toEqual([]);
  expect(last().path).toBe('/gateway/v2/bins');
  expect(last().headers['x-token']).toBe('Token t');
  own.close();
});

test('all pages are walked, and a row that slid to the next page comes once', async () => {
  const flow = (flowNo: number) => ({
    flowNo: String(flowNo),
    walletId: '21',
    orderNo: '1',
    type: 'RECHARGE',
    direction: 'IN',
    amount: '1',
    fee: '0',
    balanceAfter: '1',
    currency: 'USD',
    status: 'SUCCESS',
    createTime: 'x',
  });
  const pages = [[flow(5), flow(4)], [flow(4), flow(3)], [flow(2)]];
  falpay.handle = ({ body }) => {
    const { pageNum } = JSON.parse(body) as { pageNum: number };
    return ok({ pageInfo: { pageNum, pageSize: 2, total: 5 }, items: pages[pageNum - 1] ?? [] });
  };
  const seen: string[] = [];
  for await (const item of client.walletFlows({ walletId: '21' })) seen.push(item.flowNo);
  expect(seen).toEqual(['5', '4', '3', '2']);
  expect(falpay.requests).toHaveLength(3);
});

test('fees and payments are walked to their end, also when the total promises more', async () => {
  falpay.handle = ({ body }) => ok({ ...paged(body.includes('"pageNum":1,') ? [fee] : []), total: 9 });
  const fees = [];
  for await (const one of client.cardFees({})) fees.push(one.feeOrderNo);
  expect(fees).toEqual(['81']);
  falpay.handle = () => ok(paged([payOrder]));
  const payments = [];
  for await (const one of client.cardPayOrders({ cardId: '31' })) payments.push(one.payOrderNo);
  expect(payments).toEqual(['91']);
});

test('the hook hears how each call ended, and a hook that throws breaks nothing', async () => {
  falpay.handle = () => refusal('NOT_FOUND');
  await client.getMerchant({ merchantId: '11' });
  await errorOf(client.createRecharge(RECHARGE));
  await errorOf(client.createRecharge({ ...RECHARGE, amount: '-1' }));
  expect(calls.map(({ operation, outcome }) => [operation, outcome])).toEqual([
    ['getMerchant', 'notFound'],
    ['createRecharge', 'FalpayRejected'],
    ['createRecharge', 'InvalidInput'],
  ]);
  const broken = clientFor(falpay.url, {
    hooks: {
      onCall: () => {
        throw new Error('metrics are down');
      },
    },
  });
  falpay.handle = () => ok(RECHARGE_ANSWER);
  expect(await broken.createRecharge(RECHARGE)).toEqual(RECHARGE_ANSWER);
  broken.close();
});

test('a certificate that cannot be trusted is noticed before anything is sent', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cardflow-tls-'));
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-subj',
      '/CN=nobody',
      '-days',
      '2',
    ],
    { stdio: 'pipe' },
  );
  let requests = 0;
  const server = https.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
    requests += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const wary = clientFor(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect(await errorOf(wary.createRecharge(RECHARGE))).toMatchObject({
    type: 'FalpayUnavailable',
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
  expect(requests).toBe(0);
  wary.close();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

test.each<readonly [string, object, string]>([
  ['an address that is none', { baseUrl: 'falpay' }, 'baseUrl must be an address'],
  ['another protocol', { baseUrl: 'ftp://falpay.example' }, 'baseUrl must begin with https://'],
  [
    'credentials in the address',
    { baseUrl: 'https://me:secret@falpay.example' },
    'baseUrl must have no query, fragment or credentials',
  ],
  ['no client id', { clientId: ' ' }, 'clientId must not be empty'],
  ['no platform key', { platformPublicKeys: [] }, 'platformPublicKeys must hold at least one key'],
  ['a bad platform key', { platformPublicKeys: [platformKeys.publicKey, 'x!'] }, 'platformPublicKeys.1 is not Base64'],
  ['a bad private key', { privateKey: ourKeys.publicKey }, 'privateKey is a public key'],
])('a client with %s is not made', (_, options, message) => {
  const make = () =>
    new Client({
      baseUrl: 'https://falpay.example',
      clientId: '1',
      clientSecret: 's',
      privateKey: ourKeys.privateKey,
      platformPublicKeys: [platformKeys.publicKey],
      ...options,
    });
  expect(make).toThrow(message);
  expect(make).not.toThrow(/secret@/);
});

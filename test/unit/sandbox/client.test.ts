/** The client and the sandbox share the contract and no code: here they check each other, also under a profile as different as a real provider could be. */
import { FalpayClient, FalpayRejected, type CallbackTopic } from '../../../src/falpay';
import { loadProfile, type FalpayProfile } from '../../../src/falpay/contract/profile';
import type { MerchantCreateDto } from '../../../src/falpay/contract';
import type { ApiSaveCardHolderDto } from '../../../src/falpay/contract';
import { CLIENT_ID, CLIENT_SECRET, clientPrivateKey, platformPublicKey } from './support/caller';
import { BIN, TestWorld } from './support/world';

const ONE_ADDRESS = { path: '/notify' };
const otherwise = loadProfile({
  http: { method: 'PUT', basePath: '/gateway/v3', success: ['201'] },
  headers: {
    authorization: 'X-Token',
    authorizationScheme: '',
    signature: 'Sign',
    timestamp: 'Ts',
    nonce: 'Rnd',
    clientId: 'X-Client',
    fixed: { 'X-Version': '3.1' },
  },
  signature: {
    algorithm: 'SHA512withRSA',
    parts: ['method', 'path', 'clientId', 'sortedFields', 'timestamp', 'nonce'],
    separator: '|',
    suffix: '|',
    sortedFields: { assign: ':', join: ';', skip: 'empty' },
    answers: { parts: ['body', 'timestamp', 'nonce'], separator: '.', suffix: '' },
    callbacks: { parts: ['timestamp', 'body'] },
    encoding: 'hex',
    timestampUnit: 's',
    nonceLength: 20,
  },
  token: {
    path: '/oauth/token',
    transport: 'basic',
    expiresInUnit: 'ms',
    refreshBeforeMs: 100,
    grantType: 'app',
    parameters: { grantType: 'type' },
  },
  envelope: {
    success: null,
    code: 'errno',
    message: 'errmsg',
    data: 'result',
    successCode: '0',
    notFoundCodes: ['40400'],
    codes: 'number',
  },
  errors: { codes: { '40001': 'token', '40002': 'auth' } },
  time: { format: 'epoch-ms', zone: 'Z', date: 'yyyyMMdd', writtenAs: 'number' },
  paging: { pageNum: 'page', pageSize: 'size', param: '.', total: 'count', list: 'rows', firstPage: 0 },
  wire: {
    ids: 'number',
    amounts: 'number',
    booleans: { true: 'Y', false: 'N' },
    naming: 'snake_case',
    names: {
      MerchantCreateDto: { merchantOrderNo: 'out_trade_no', company: 'corp' },
      MerchantCompanyDto: { legalInfo: '.' },
      ApiSaveWalletApplyDto: { walletOrderNo: 'out_trade_no' },
      ApiCardApplyVo: { last4: 'tail' },
    },
    enums: {
      auditStatus: { PENDING: 0, APPROVED: 1, REJECTED: 2 },
      orderStatus: { PENDING: 'I', PROCESSING: 'P', SUCCESS: 'S', FAILED: 'F' },
      cardStatus: { ACTIVE: ['NORMAL', 'OPEN'] },
      'WalletStatusUpdateDto.status': { FROZEN: 9 },
    },
  },
  callbacks: {
    topics: {
      'merchant-audit': { ...ONE_ADDRESS, value: 101 },
      'wallet-audit': { ...ONE_ADDRESS, value: 102 },
      'wallet-recharge': { ...ONE_ADDRESS, value: 103 },
      'wallet-withdrawal': { ...ONE_ADDRESS, value: 104 },
      'card-authorization': { ...ONE_ADDRESS, value: 105 },
      'card-status': { ...ONE_ADDRESS, value: 106, ref: 'header.X-Card' },
    },
    fields: {
      topic: 'body.notify.type',
      eventId: 'header.X-Event',
      occurredAt: 'body.notify.at',
      data: 'body.content',
    },
    acknowledgement: { status: 200, body: 'SUCCESS' },
  },
  operations: { openWallet: { path: '/v2/wallets' }, getCard: { path: '/v2/cards' } },
});

describe.each<[string, FalpayProfile]>([
  ['the default profile', loadProfile()],
  ['another profile', otherwise],
])('under %s', (_name, profile) => {
  let world: TestWorld;
  let client: FalpayClient;
  beforeAll(async () => {
    world = await TestWorld.start({ profile });
    const { status, body } = profile.callbacks.acknowledgement;
    world.receiver.replies = Array.from({ length: 100 }, () => ({
      status,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }));
    client = new FalpayClient({
      baseUrl: world.sandbox.url,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      privateKey: clientPrivateKey,
      platformPublicKeys: [platformPublicKey],
      profile,
    });
  });
  afterAll(async () => {
    client.close();
    await world.stop();
  });

  /** Where all callbacks come to one address, a field tells them apart. */
  function isAbout(topic: CallbackTopic, text: string): boolean {
    const { value, path } = profile.callbacks.topics[topic];
    return path !== ONE_ADDRESS.path || (JSON.parse(text) as { notify: { type: unknown } }).notify.type === value;
  }

  /** The nth callback of a topic, as the client reads it. */
  async function callback(topic: CallbackTopic, count = 1): Promise<Readonly<Record<string, unknown>>> {
    const { path } = profile.callbacks.topics[topic];
    const received = (
      await world.receiver.wait(count, (one) => one.path === `/callbacks/falpay${path}` && isAbout(topic, one.text))
    ).at(-1);
    const check = client.verifyCallback({ topic, rawBody: received?.text ?? '', headers: received?.headers ?? {} });
    if (!check.ok) throw new Error(`${check.reason}: ${check.detail}`);
    return check.event.data;
  }

  test('the client does everything with the sandbox, and reads every callback', async () => {
    const merchantId = await client.createMerchant(world.merchant('M-1') as unknown as MerchantCreateDto);
    expect(await callback('merchant-audit')).toMatchObject({ merchantId, auditStatus: 'APPROVED' });
    expect(await client.getMerchant({ merchantOrderNo: 'M-1' })).toMatchObject({ merchantId });
    expect(await client.getMerchant({ merchantOrderNo: 'M-none' })).toBeNull();
    await expect(client.updateMerchant({ merchantId, contactName: 'Too Late' })).rejects.toBeInstanceOf(FalpayRejected);

    const { walletId } = await client.openWallet({ walletOrderNo: 'W-1', merchantId, currency: 'USD' });
    expect(await callback('wallet-audit')).toMatchObject({ walletId, auditStatus: 'APPROVED' });
    const { methods } = await client.getRechargeInfo({ walletId });
    expect(methods[0]?.payee.accountNo).toMatch(/^88\d{10}$/);
    const { orderNo } = await client.createRecharge({
      rechargeOrderNo: 'R-1',
      walletId,
      amount: '500.00',
      currency: 'USD',
      methodCode: 'CRYPTO',
    });
    expect(await callback('wallet-recharge')).toMatchObject({ orderNo, creditedAmount: '494.50', status: 'SUCCESS' });
    const rows = [];
    for await (const row of client.walletFlows({ walletId, merchantOrderNo: 'R-1' })) rows.push(row);
    expect(rows).toMatchObject([{ orderNo, amount: '494.50', fee: '5.50' }]);

    expect(await client.listCardBins()).toHaveLength(6);
    const { cardholderId } = await client.createCardholder(
      world.cardholder(merchantId) as unknown as ApiSaveCardHolderDto,
    );
    const { cardId } = await client.applyCard({
      cardOrderNo: 'C-1',
      walletId,
      binId: BIN.shareWithHolder,
      cardholderId,
      cardLimit: '100.00',
      currency: 'USD',
    });
    expect(await callback('card-status')).toMatchObject({ cardId, status: 'ACTIVE' });
    const card = await client.getCard({ cardOrderNo: 'C-1' });
    expect(card).toMatchObject({ cardId, status: 'ACTIVE', cardLimit: '100.00' });
    expect(card).not.toHaveProperty('cardNo');
    expect(await client.unsafeGetCardWithSecrets({ cardId })).toMatchObject({
      cardNo: expect.stringMatching(new RegExp(`${card?.last4 ?? '-'}$`)),
    });
    await client.increaseCardLimit({ limitOrderNo: 'L-1', cardId, amount: '50.00', currency: 'USD' });
    await client.decreaseCardLimit({ limitOrderNo: 'L-2', cardId, amount: '20.00', currency: 'USD' });
    expect(await client.getCard({ cardId })).toMatchObject({ cardLimit: '130.00' });

    const { payOrderNo = '' } = await world.control<Record<string, string>>('POST', `/cards/${cardId}/authorizations`, {
      amount: '10.00',
      fee: '0.10',
    });
    expect(await callback('card-authorization')).toMatchObject({
      payOrderNo,
      status: 'AUTHORIZED',
      billingAmount: '10.00',
    });
    expect(await client.getCardPayOrder({ payOrderNo })).toMatchObject({ cardId, status: 'AUTHORIZED' });
    await world.control('POST', `/cards/${cardId}/authorizations/${payOrderNo}/settle`);
    const orders = [];
    for await (const order of client.cardPayOrders({ cardId })) orders.push(order.type);
    expect(orders).toEqual(['SETTLE', 'AUTH']);
    const fees = [];
    for await (const fee of client.cardFees({ cardId })) fees.push(`${fee.feeType} ${fee.amount}`);
    expect(fees).toEqual(['TRANSACTION 0.10', 'OPEN_CARD 1.00']);

    const payee = { accountName: 'Harbour', accountNo: '123' };
    const withdrawn = await client.createWithdrawal({
      withdrawOrderNo: 'X-1',
      walletId,
      amount: '20.00',
      currency: 'USD',
      payee,
    });
    expect(await callback('wallet-withdrawal')).toMatchObject({ orderNo: withdrawn, status: 'SUCCESS' });
    await client.updateWalletStatus({ walletId, status: 'FROZEN' });
    expect(await client.getWallet({ walletOrderNo: 'W-1' })).toMatchObject({
      status: 'FROZEN',
      availableBalance: '462.40',
    });
    await expect(client.getRechargeInfo({ walletId })).rejects.toBeInstanceOf(FalpayRejected);
    expect(await world.violations()).toEqual([]);
    const states = await world.control<{ callbacks: { state: string }[] }>('GET', '/callbacks');
    expect(new Set(states.callbacks.map(({ state }) => state))).toEqual(new Set(['ACKNOWLEDGED']));
  });
});

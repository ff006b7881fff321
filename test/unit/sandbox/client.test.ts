/** The client and the sandbox share the contract and no code: here they check each other, also under a profile as different as a real provider could be. */
import { FalpayClient, FalpayRejected, type CallbackTopic } from '../../../src/falpay';
import { loadProfile, type FalpayProfile } from '../../../src/falpay/contract/profile';
import type { MerchantCreateDto } from '../../../src/falpay/contract';
import type { ApiSaveCardHolderDto } from '../../../src/falpay/contract';
import { CLIENT_ID, CLIENT_SECRET, clientPrivateKey, platformPublicKey } from './support/caller';
import { BIN, TestWorld } from './support/world';

const otherwise = loadProfile({
  headers: { authorization: 'X-Token', authorizationScheme: 'Token', signature: 'Sign', timestamp: 'Ts', nonce: 'Rnd' },
  signature: {
    parts: ['body', 'timestamp', 'nonce'],
    separator: '|',
    encoding: 'hex',
    timestampUnit: 's',
    nonceLength: 20,
  },
  token: { path: '/oauth/token', transport: 'json', expiresInUnit: 'ms', refreshBeforeMs: 100 },
  envelope: {
    success: 'ok',
    code: 'errno',
    message: 'errmsg',
    data: 'result',
    successCode: '0',
    notFoundCodes: ['40400'],
  },
  time: { format: "yyyy-MM-dd'T'HH:mm:ss", zone: 'Z' },
  wire: {
    ids: 'number',
    amounts: 'number',
    names: {
      MerchantCreateDto: { merchantOrderNo: 'out_trade_no', contactName: 'contact_name' },
      MerchantLegalInfoDto: { birthDate: 'birth_date' },
      ApiSaveWalletApplyDto: { walletOrderNo: 'out_trade_no', merchantId: 'merchant_id' },
      WalletApplyOpenApiVo: { walletId: 'wallet_id' },
      PayeeAccountVo: { accountNo: 'account_no' },
      FlowItem: { orderNo: 'order_no' },
      CallbackBody: { eventId: 'event_id', topic: 'type' },
      WalletRechargeData: { creditedAmount: 'credited_amount' },
      ApiCardApplyVo: { cardId: 'card_id', last4: 'last_four' },
    },
  },
  callbacks: { acknowledgement: { status: 200, body: { ok: true, errno: '0', errmsg: '' } } },
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
    world.receiver.replies = Array.from({ length: 100 }, () => ({ status, body: JSON.stringify(body) }));
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

  /** The nth callback of a topic, as the client reads it. */
  async function callback(topic: CallbackTopic, count = 1): Promise<Readonly<Record<string, unknown>>> {
    const received = (await world.receiver.wait(count, ({ path }) => path.endsWith(`/${topic}`))).at(-1);
    const check = client.verifyCallback({ topic, rawBody: received?.text ?? '', headers: received?.headers ?? {} });
    if (!check.ok) throw new Error(`${check.reason}: ${check.detail}`);
    return check.event.data;
  }

  test('the client does everything with the sandbox, and reads every callback', async () => {
    const merchantId = await client.createMerchant(world.merchant('M-1') as unknown as MerchantCreateDto);
    expect(await callback('merchant-audit')).toMatchObject({ merchantId, auditStatus: 'APPROVED' });
    expect(await client.getMerchant({ merchantOrderNo: 'M-1' })).toMatchObject({ merchantId });
    expect(await client.getMerchant({ merchantOrderNo: 'M-none' })).toBeNull();
    await expect(client.updateMerchant({ merchantId, contactName: 'Too Late' })).rejects.toMatchObject({
      code: 'MERCHANT_STATUS',
    });

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
  });
});

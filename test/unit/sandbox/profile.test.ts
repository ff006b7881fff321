import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { loadProfile } from '../../../src/falpay/contract/profile';
import { createSandbox } from '../../../src/sandbox/index';
import { CLIENT_ID, CLIENT_SECRET, platformPrivateKey } from './support/caller';

/** A FalPay that speaks quite otherwise, by the profile alone. */
const profile = loadProfile({
  headers: { authorization: 'X-Token', authorizationScheme: 'Token', signature: 'Sign', timestamp: 'Ts' },
  signature: { parts: ['body'], encoding: 'hex', timestampUnit: 's' },
  token: { path: '/oauth/token', transport: 'form', expiresInUnit: 'ms' },
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
      ApiSaveWalletApplyDto: { walletOrderNo: 'out_trade_no', merchantId: 'merchant_id' },
      WalletApplyOpenApiVo: { walletId: 'wallet_id' },
    },
  },
  operations: { openWallet: { path: '/v2/wallets' } },
});

test('paths, headers, names, envelope, signature and numbers are what the profile says', async () => {
  const client = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const sandbox = createSandbox({
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    clientPublicKey: client.publicKey,
    platformPrivateKey,
    profile,
  });
  await sandbox.start();
  try {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
    });
    const granted = await fetch(`${sandbox.url}/oauth/token`, { method: 'POST', body: form });
    const token = (await granted.json()) as {
      ok: boolean;
      errno: string;
      result: { access_token: string; expires_in: number };
    };
    expect(token).toMatchObject({ ok: true, errno: '0', result: { expires_in: 60_000 } });

    const call = async (path: string, body: string): Promise<string> => {
      const signature = createSign('RSA-SHA256').update(body).sign(client.privateKey, 'hex');
      const response = await fetch(`${sandbox.url}${path}`, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'x-token': `Token ${token.result.access_token}`,
          sign: signature,
          ts: String(Math.floor(Date.now() / 1000)),
          'x-falpay-nonce': randomBytes(16).toString('hex'),
        },
      });
      expect(response.headers.get('sign')).toMatch(/^[0-9a-f]{512}$/);
      return response.text();
    };
    expect(await call('/api/open/merchant/detail', '{"merchantOrderNo":"M"}')).toContain('"errno":"40400"');
    expect(
      await call('/v2/wallets', '{"out_trade_no":"W","merchant_id":1000000000000000001,"currency":"USD"}'),
    ).toContain('"errmsg":"merchantId: merchant not found"');
    // Named as the wire has it, not as the model does.
    expect(await call('/v2/wallets', '{"walletOrderNo":"W","merchantId":1,"currency":"USD"}')).toContain(
      'INVALID_PARAMETER',
    );
    expect(await call('/api/open/card/bin/list', '')).toContain('"openFee":1.00');
  } finally {
    await sandbox.stop();
  }
});

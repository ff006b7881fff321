/** `cardflow sandbox …` against a real sandbox, over HTTP. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runCli } from '../../../src/cli/program';
import { until } from '../../setup/until';
import { BIN, BY_HAND, TestWorld } from '../sandbox/support/world';

let world: TestWorld;
beforeEach(async () => {
  world = await TestWorld.start({ settings: { ...BY_HAND, callbackLadder: [0] } });
});
afterEach(() => world.stop());

async function cli(
  args: readonly string[],
  { stdin = '', env = {} as Record<string, string>, at = ['--url', world.sandbox.url] as readonly string[] } = {},
) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(['sandbox', ...args, ...at], {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    stdin: async () => stdin,
    signal: new AbortController().signal,
    env,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** What a command that must succeed prints. */
async function said(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await cli(args);
  if (code !== 0) throw new Error(`${args.join(' ')}: ${err}`);
  return out;
}

const json = async (...args: readonly string[]) => JSON.parse(await said(...args, '--json'));

async function wallet(): Promise<string> {
  const merchantId = await world.falpay.data<string>('/merchant/create', world.merchant('M-1'));
  await said('approve', 'merchant', 'M-1');
  const { walletId = '' } = await world.falpay.data('/wallet/apply', {
    walletOrderNo: 'W-1',
    merchantId,
    currency: 'USD',
  });
  await said('approve', 'wallet', walletId);
  return walletId;
}

async function fundedWallet(): Promise<string> {
  const walletId = await wallet();
  await world.orderRecharge(walletId, '1000.00', 'BANK_TRANSFER', 'R-1');
  await said('pay', 'R-1');
  return walletId;
}

const applyCard = (walletId: string, cardOrderNo: string) =>
  world.falpay.data('/card/apply', {
    cardOrderNo,
    walletId,
    binId: BIN.share,
    cardLimit: '200.00',
    currency: 'USD',
  });

test('audits are decided by order number or by FalPay’s id, with the reason as it is', async () => {
  const merchantId = await world.falpay.data<string>('/merchant/create', world.merchant('M-1'));
  expect(await said('reject', 'merchant', 'M-1', '--reason', '营业执照不清晰')).toBe(
    `merchant M-1 (${merchantId}): REJECTED (营业执照不清晰)`,
  );
  const told = await world.receiver.next('merchant-audit');
  expect(told.data).toMatchObject({ auditStatus: 'REJECTED', rejectReason: '营业执照不清晰' });
  const second = await world.falpay.data<string>('/merchant/create', world.merchant('M-2'));
  expect(await said('approve', 'merchant', second)).toBe(`merchant M-2 (${second}): APPROVED`);

  expect(await cli(['approve', 'merchant', second])).toMatchObject({ code: 1, err: expect.stringMatching(/APPROVED/) });
  await world.control('PUT', '/settings', { cardholderAuditDelay: 'manual' });
  await world.falpay.data('/cardholder/save', world.cardholder(second, 'H-1'));
  expect(await said('approve', 'cardholder', 'H-1')).toMatch(/^cardholder H-1 \(\d+\): APPROVED$/);
});

test('status says what waits, each with the command that ends the wait, and those commands work', async () => {
  const walletId = await wallet();
  await world.orderRecharge(walletId, '500.00', 'BANK_TRANSFER', 'R-1');
  await world.falpay.data('/merchant/create', world.merchant('M-2'));
  const text = await said('status');
  expect(text).toContain(`${world.sandbox.url}: 2 merchants, 1 wallets, 1 recharges`);
  expect(text).toMatch(/merchantAuditDelay manual/);
  const commands = [...text.matchAll(/npx cardflow sandbox (.+)$/gm)].map(([, command = '']) => command.split(' '));
  expect(commands).toEqual([
    ['approve', 'merchant', 'M-2'],
    ['pay', 'R-1'],
  ]);
  for (const command of commands) await said(...command);
  expect(await said('status')).toContain('nothing waits for you');
});

test('money arrives in part, in another currency, over; and a recharge can fail', async () => {
  const walletId = await wallet();
  await world.orderRecharge(walletId, '100.00', 'BANK_TRANSFER', 'R-1');
  expect(await said('pay', 'R-1', '--amount', '60.00')).toContain('PROCESSING; 60.00 USD came');
  expect(await said('pay', 'R-1', '--amount', '5.00', '--currency', 'EUR', '--more')).toContain('5.00 EUR came');
  expect(await said('pay', 'R-1')).toContain('SUCCESS; 100.00 USD came, fee 0.00, credited 100.00');
  await world.orderRecharge(walletId, '100.00', 'BANK_TRANSFER', 'R-2');
  expect(await said('pay', 'R-2', '--amount', '60.00', '--final')).toContain('SUCCESS; 60.00 USD came');
  await world.orderRecharge(walletId, '100.00', 'BANK_TRANSFER', 'R-3');
  expect(await said('fail', 'R-3')).toMatch(/^recharge R-3 \(\d+\) of 100.00 USD: FAILED$/);
  expect(await cli(['fail', 'R-1'])).toMatchObject({ code: 1, err: expect.stringMatching(/cannot fail any more/) });

  await world.falpay.data('/wallet/withdraw/create', {
    withdrawOrderNo: 'X-1',
    walletId,
    amount: '10.00',
    currency: 'USD',
    payee: { accountName: 'Harbour Trading Limited', accountNo: '0123456789' },
  });
  expect(await said('withdrawal', 'fail', 'X-1', '--reason', 'account closed')).toContain('FAILED (account closed)');
  expect(await said('ledger')).toMatch(/transfers add up, every rule holds/);
});

test('a card is issued, pays, is settled, refunded, frozen and cancelled', async () => {
  const walletId = await fundedWallet();
  const { cardId = '' } = await applyCard(walletId, 'C-1');
  expect(await said('card', 'issue', 'C-1')).toMatch(new RegExp(`^card C-1 \\(${cardId}\\) \\d{6}\\*+\\d{4}: ACTIVE`));
  const auth = await json('authorize', 'C-1', '25.00', '--shop', 'Harbour Books', '--fee', '0.30');
  expect(auth).toMatchObject({ status: 'AUTHORIZED', billingAmount: '25.00', merchantName: 'Harbour Books' });
  expect(await said('settle', 'C-1', auth.payOrderNo, '--amount', '20.00')).toMatch(
    /^SETTLE \d+ .*20\.00 USD at Harbour/,
  );
  expect(await said('refund', cardId, auth.payOrderNo, '--amount', '5.00')).toMatch(/^REFUND .*5\.00 USD/);
  const second = await json('authorize', 'C-1', '10.00');
  expect(await said('reverse', 'C-1', second.payOrderNo)).toMatch(/^REVERSAL .*REVERSED/);
  expect(await said('authorize', 'C-1', '1.00', '--decline', 'suspected fraud')).toContain(
    'DECLINED (suspected fraud)',
  );
  expect(await said('card', 'status', 'C-1', 'frozen', '--reason', 'lost')).toContain('FROZEN');
  expect(await said('authorize', 'C-1', '1.00')).toContain('DECLINED (card is FROZEN)');
  expect(await said('card', 'status', 'C-1', 'cancelled')).toContain('CANCELLED');
  expect((await json('list', 'payments')).length).toBe(7);
  expect(await said('list', 'cards')).toMatch(/^card C-1 /);

  await applyCard(walletId, 'C-2');
  expect(await said('card', 'fail', 'C-2', '--reason', 'BIN exhausted')).toContain('FAILED (BIN exhausted)');
  expect(await json('ledger')).toMatchObject({ balanced: true, violations: [] });
});

test('faults are set one by one or from a file, and cleared', async () => {
  expect(await said('faults', 'set', 'http5xx', '--operation', 'applyCard', '--times', '2', '--no-committed')).toMatch(
    /http5xx +0 +0 +.*"committed":false/,
  );
  await said('faults', 'set', 'dropCallback', '--topic', 'wallet-audit', '--add', '--seed', 'luck');
  const { seed, rules } = await json('faults', 'list');
  expect(seed).toBe('luck');
  expect(rules.map((one: { rule: unknown }) => one.rule)).toMatchObject([
    { fault: 'http5xx', operation: 'applyCard', times: 2, committed: false },
    { fault: 'dropCallback', topic: 'wallet-audit', committed: true },
  ]);
  const file = JSON.stringify({ rules: [{ fault: 'latency', ms: 5 }] });
  expect((await cli(['faults', 'set', '--file', '-'], { stdin: file })).out).toMatch(/latency/);
  expect(await said('faults', 'clear')).toMatch(/nothing goes wrong/);
  expect(await cli(['faults', 'set', 'earthquake', '--probability', 'often'])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/rules\.0\.fault: .*latency.*rules\.0\.probability: /s),
  });
  expect(await cli(['faults', 'set'])).toMatchObject({ code: 2, err: expect.stringMatching(/name a fault/) });
});

test('settings are shown and changed, plans made; a mistake is told by its name and changes nothing', async () => {
  expect(
    await json('settings', 'merchantAuditDelay=50', 'callbackUrl=null', 'callbackSigning=once', 'callbackLadder=[0,9]'),
  ).toMatchObject({ merchantAuditDelay: 50, callbackUrl: null, callbackSigning: 'once', callbackLadder: [0, 9] });
  expect(await cli(['settings', 'arrivalDelay=soon', 'tempo=1'])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/arrivalDelay: .*manual.*tempo: is not known here/),
  });
  expect(await cli(['settings', 'manual'])).toMatchObject({ code: 2, err: expect.stringMatching(/name=value/) });
  expect(await said('settings')).toMatch(/^merchantAuditDelay +50$/m);
  expect(await said('plans', 'add', '{"step":"merchant-audit","reason":"blurred"}')).toMatch(
    /merchant-audit +.*blurred/,
  );
  await world.falpay.data('/merchant/create', world.merchant('M-1'));
  await said('settings', `callbackUrl=${world.callbackUrl}`);
  expect((await world.receiver.next('merchant-audit')).data).toMatchObject({ rejectReason: 'blurred' });
  expect(await said('plans', 'list')).toBe('no plans');
});

test('callbacks are listed with their tries and sent again; calls are listed without content', async () => {
  world.receiver.replies = [{ status: 500, body: '' }];
  const merchantId = await world.falpay.data<string>('/merchant/create', world.merchant('M-1'));
  await said('approve', 'merchant', 'M-1');
  const listed = () => json('callbacks', '--topic', 'merchant-audit', '--ref', merchantId);
  // Its one try is over: while it is under way, a resend would come to nothing.
  await until(
    async () => (await listed()).callbacks[0]?.state === 'GIVEN_UP',
    () => 'it is not given up',
  );
  const [{ eventId }] = (await listed()).callbacks;
  expect(await said('resend', eventId)).toContain(`callback ${eventId} (merchant-audit): PENDING`);
  await world.receiver.wait(2);
  expect(await said('callbacks')).toMatch(new RegExp(`${eventId} +merchant-audit +${merchantId}`));
  expect(await said('requests', '--order-no', 'M-1')).toMatch(/createMerchant +M-1 +200/);
  expect(await cli(['resend', '1'])).toMatchObject({ code: 1, err: expect.stringMatching(/there is no callback 1/) });
});

describe('mistakes', () => {
  test.each([
    [['approve', 'bank', 'B-1'], /"bank" has no audits; merchant, wallet, cardholder have/],
    [['approve', 'merchant'], /missing required argument/],
    [['card', 'status', 'C-1', 'melted'], /"melted" is none of ACTIVE, FROZEN/],
    [['list', 'banks'], /lists: merchants, wallets/],
    [['pay', 'R-1', '--final', '--more'], /cannot be used with option/],
  ])('%j is a usage error', async (args, message) => {
    expect(await cli(args)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });

  test('what is not there, and what does not fit, is said by the sandbox', async () => {
    expect(await cli(['pay', 'R-9', '--json'])).toMatchObject({ code: 1 });
    expect(JSON.parse((await cli(['pay', 'R-9', '--json'])).err)).toEqual({
      error: 'failed',
      messages: ['there is no recharge R-9'],
    });
    expect((await cli(['pay', '../ledger', '--amount', 'much'])).err).toMatch(/amount: a decimal string/);
  });

  test('nobody there: the address and where it comes from', async () => {
    const env = { SANDBOX_HOST: '0.0.0.0', SANDBOX_PORT: '9' };
    const { code, err } = await cli(['status'], { env, at: [] });
    expect(code).toBe(1);
    expect(err).toMatch(/http:\/\/127\.0\.0\.1:9 does not answer \(ECONNREFUSED\).*SANDBOX_PORT/);
    expect(await cli(['status'], { at: ['--url', 'sandbox:8090'] })).toMatchObject({ code: 2 });
    expect(await cli(['status'], { env: { SANDBOX_PORT: 'x' }, at: [] })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/SANDBOX_PORT/),
    });
  });

  test('somebody else there is no sandbox', async () => {
    const other = createServer((_request, response) => response.writeHead(200).end('<html>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    expect((await cli(['status', '--url', url], { at: [] })).err).toMatch(/is no sandbox of this version \(HTTP 200\)/);
    await new Promise((resolve) => other.close(resolve));
  });
});

/** What FalPay has, read through the gateway while flows make it: with the real client, the sandbox and its signatures between. */
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { AT_ONCE, BIN, onboardingBody, startStack, type Stack } from '../setup/stack';

let temporal: TestTemporal;
let stack: Stack;
let ids: { merchantId: string; walletId: string; cardId: string };
let began: number;

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, { bundle: workflowBundle(), sandbox: AT_ONCE });
  const cards = [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }];
  await stack.start('A-1', onboardingBody({ cards }));
  const { outputs } = await stack.reach('A-1', ({ stage }) => stage === 'COMPLETED');
  ids = {
    merchantId: outputs.merchantId ?? '',
    walletId: outputs.walletId ?? '',
    cardId: outputs.cards[0]?.cardId ?? '',
  };
  began = Date.now();
  for (const amount of ['1.00', '2.00', '3.00'])
    await stack.control('POST', `/cards/${ids.cardId}/authorizations`, { amount, currency: 'USD' });
});

afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

const get = async (path: string) => stack.api('GET', path, undefined, 'finance');

test('merchant, wallet and card are told as FalPay has them', async () => {
  expect(await get(`/v1/merchants/${ids.merchantId}`)).toMatchObject({
    status: 200,
    body: { merchantOrderNo: 'A-1', auditStatus: 'APPROVED' },
  });
  expect(await get(`/v1/wallets/${ids.walletId}`)).toMatchObject({
    status: 200,
    body: { merchantId: ids.merchantId, currency: 'USD', availableBalance: expect.stringMatching(/^\d+\.\d{2}$/) },
  });
  const card = await get(`/v1/cards/${ids.cardId}`);
  expect(card).toMatchObject({ status: 200, body: { status: 'ACTIVE', last4: expect.stringMatching(/^\d{4}$/) } });
  expect(JSON.stringify(card.body)).not.toMatch(/cvv|"cardNo"|(?<!\d)\d{13,16}(?!\d)/);
});

test('what moved a wallet comes page by page, newest first, and adds up', async () => {
  const rows: { flowNo: string; direction: string; amount: string; balanceAfter: string }[] = [];
  let token = '';
  do {
    const { body } = await get(`/v1/wallets/${ids.walletId}/transactions?pageSize=1${token}`);
    rows.push(...body.items);
    token = body.nextPageToken === undefined ? '' : `&nextPageToken=${body.nextPageToken}`;
  } while (token !== '');
  expect(new Set(rows.map(({ flowNo }) => flowNo)).size).toBe(rows.length);
  expect(rows.length).toBeGreaterThan(1);
  const cents = (text: string) => Math.round(Number(text) * 100);
  const sum = rows.reduce((total, { direction, amount }) => total + (direction === 'IN' ? 1 : -1) * cents(amount), 0);
  expect(sum).toBe(cents(rows[0]?.balanceAfter ?? ''));
  const recharges = await get(`/v1/wallets/${ids.walletId}/transactions?type=RECHARGE&merchantOrderNo=A-1_OR1`);
  expect(recharges.body.items).toMatchObject([{ type: 'RECHARGE', merchantOrderNo: 'A-1_OR1' }]);
});

test('payments and fees of a card are filtered by FalPay’s own clock', async () => {
  const [from, to] = [new Date(began - 60_000), new Date(Date.now() + 60_000)].map((time) => time.toISOString());
  const all = await get(`/v1/cards/${ids.cardId}/transactions?from=${from}&to=${to}`);
  expect(all.body.items.map(({ billingAmount }: { billingAmount: string }) => billingAmount)).toEqual([
    '3.00',
    '2.00',
    '1.00',
  ]);
  expect((await get(`/v1/cards/${ids.cardId}/transactions?to=${from}`)).body).toEqual({ items: [] });
  expect((await get(`/v1/cards/${ids.cardId}/transactions?status=SETTLED`)).body).toEqual({ items: [] });
  const fees = await get(`/v1/cards/${ids.cardId}/fees?from=${from}`);
  expect(fees).toMatchObject({ status: 200, body: { items: expect.any(Array) } });
});

test.each([
  'merchants/404',
  'wallets/404',
  'wallets/404/transactions',
  'wallets/404/recharge-methods',
  'cards/404',
  'cards/404/transactions',
  'cards/404/fees',
])('/v1/%s is 404', async (path) => {
  expect(await get(`/v1/${path}`)).toMatchObject({ status: 404, body: { code: expect.stringMatching(/-not-found$/) } });
});

test('a card is shown to its holder, and only with the scope', async () => {
  const path = `/v1/cards/${ids.cardId}/reveal`;
  const { body: card } = await get(`/v1/cards/${ids.cardId}`);
  const shown = await stack.api('POST', path, { reason: 'asked by its holder' }, 'operator');
  expect(shown).toMatchObject({
    status: 200,
    body: { cardId: ids.cardId, cardNo: expect.stringMatching(new RegExp(`${card.last4}$`)), cvv: expect.any(String) },
  });
  expect(await stack.api('POST', path, { reason: 'r' }, 'backend')).toMatchObject({ status: 403 });
  expect(await stack.api('POST', '/v1/cards/404/reveal', { reason: 'r' }, 'operator')).toMatchObject({ status: 404 });
});

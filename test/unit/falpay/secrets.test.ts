import { inspect } from 'node:util';
import type { FalpayClient } from '../../../src/falpay';
import {
  CARD_ANSWER,
  CARDHOLDER,
  CLIENT_SECRET,
  clientFor,
  errorOf,
  FakeFalpay,
  ok,
  ourKeys,
  refusal,
  type Reply,
  tokenReply,
} from './fake-server';

const TOKEN = 'tOkEn'.repeat(20);
const CARD_NUMBER = '4111111111111111';
const CVV = '737';

const falpay = new FakeFalpay();
let client: FalpayClient;
beforeAll(() => falpay.start());
afterAll(() => falpay.stop());
beforeEach(() => {
  falpay.reset();
  falpay.token = () => tokenReply(TOKEN);
  client = clientFor(falpay.url);
});
afterEach(() => client.close());

/** All that a logger or Temporal could write of an error. */
function everythingIn(error: Error): string {
  return [
    inspect(error, { depth: 20, showHidden: true }),
    JSON.stringify(error),
    JSON.stringify(error, Object.getOwnPropertyNames(error)),
    error.message,
    error.stack ?? '',
    String(error.cause ?? ''),
  ].join('\n');
}

const keyLine = ourKeys.privateKey.split('\n')[5] ?? 'no key';
const secrets = [CLIENT_SECRET, encodeURIComponent(CLIENT_SECRET), TOKEN, keyLine, 'client_secret'];
const identity = [
  CARDHOLDER.certNo,
  CARDHOLDER.lastName,
  CARDHOLDER.phone,
  CARDHOLDER.email,
  CARDHOLDER.birthDate,
  'Baker Street',
];

function expectClean(error: Error, forbidden: readonly string[]): void {
  const text = everythingIn(error);
  for (const value of forbidden) expect(text).not.toContain(value);
}

const echo = `${CARDHOLDER.lastName}, ${CARDHOLDER.certNo}, ${CARDHOLDER.phone} at 221B Baker Street: card 4111 1111 1111 1111`;
const bad: readonly (readonly [string, Reply])[] = [
  ['a reset', { instead: 'reset' }],
  ['half an answer', { instead: 'half' }],
  ['HTTP 500 that quotes the request', { status: 500, body: echo, signed: 'no' }],
  ['a refusal that quotes the request', refusal('BAD', echo)],
  ['a refusal whose code quotes the request', refusal(CARDHOLDER.certNo, 'x')],
  ['an auth refusal that quotes the request', refusal('INVALID_SIGNATURE', echo)],
  ['a body of another shape', ok({ firstName: echo })],
  ['an unsigned answer', { ...ok(echo), signed: 'no' }],
  ['two 401', { status: 401, body: echo, signed: 'no' }],
];

test.each(bad)('the error after %s holds neither secrets nor identity data nor card numbers', async (_, reply) => {
  falpay.handle = () => reply;
  const error = await errorOf(client.createCardholder(CARDHOLDER));
  expectClean(error, [...secrets, ...identity, '4111 1111 1111 1111', CARD_NUMBER]);
  expect(error).toHaveProperty('operation', 'createCardholder');
});

test.each<readonly [string, Reply]>([
  ['a reset', { instead: 'reset' }],
  ['a refusal that quotes the secret', { ...refusal('INVALID_CLIENT', `bad secret ${CLIENT_SECRET}`), signed: 'no' }],
  ['HTTP 500', { status: 500, body: CLIENT_SECRET, signed: 'no' }],
  ['nonsense', { body: CLIENT_SECRET, signed: 'no' }],
])('the error after a token call that ends in %s does not hold the credentials', async (_, reply) => {
  falpay.token = () => reply;
  expectClean(await errorOf(client.createCardholder(CARDHOLDER)), [...secrets, ...identity]);
});

test('a token call without a connection does not tell its address with the secret', async () => {
  const nobody = clientFor('http://falpay.invalid');
  expectClean(await errorOf(nobody.getToken()), secrets);
  nobody.close();
});

test('a bad request names fields, never their values', async () => {
  const error = await errorOf(
    client.createCardholder({ ...CARDHOLDER, certNo: `${CARDHOLDER.certNo}\u0000`, email: 'nobody-at-all' }),
  );
  expectClean(error, [...secrets, ...identity, 'nobody-at-all']);
  expect(error.message).toContain('certNo');
});

test('the client itself shows nothing when it is printed', () => {
  const text = inspect(client, { depth: 20, showHidden: true });
  for (const secret of [CLIENT_SECRET, keyLine]) expect(text).not.toContain(secret);
});

describe('a card', () => {
  const withSecrets = { ...CARD_ANSWER, cardNo: CARD_NUMBER, cvv: CVV, pan: CARD_NUMBER, maskedCardNo: CARD_NUMBER };

  test('comes without number and CVV, under whatever name FalPay sends them', async () => {
    falpay.handle = () => ok(withSecrets);
    const card = await client.getCard({ cardId: CARD_ANSWER.cardId });
    expect(card).toEqual({ ...CARD_ANSWER, maskedCardNo: '************1111' });
    const text = JSON.stringify(card);
    expect(text).not.toContain(CARD_NUMBER);
    expect(text).not.toContain(CVV);
  });

  test('just issued comes without them as well', async () => {
    falpay.handle = () => ok(withSecrets);
    const application = { cardOrderNo: 'M1001_CD1', walletId: '1', binId: '42', cardLimit: '50.00', currency: 'USD' };
    expect(JSON.stringify(await client.applyCard(application))).not.toContain(CARD_NUMBER);
  });

  test('comes with them only from the method named for it', async () => {
    falpay.handle = () => ok(withSecrets);
    const card = await client.unsafeGetCardWithSecrets({ cardId: CARD_ANSWER.cardId });
    expect(card).toMatchObject({ cardNo: CARD_NUMBER, cvv: CVV });
    expect(card).not.toHaveProperty('pan');
  });

  test('whose secrets do not fit the model does not spill them into the error', async () => {
    falpay.handle = () => ok({ ...withSecrets, cvv: `${CVV}00000`, cardLimit: CARD_NUMBER + 'x' });
    expectClean(await errorOf(client.unsafeGetCardWithSecrets({ cardId: CARD_ANSWER.cardId })), [
      CARD_NUMBER,
      `${CVV}00000`,
    ]);
  });
});

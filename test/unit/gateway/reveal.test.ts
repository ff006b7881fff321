import { createLogger } from '../../../src/logging';
import { FalpayRejected, FalpayUnavailable } from '../../../src/falpay';
import { clientFor, FakeFalpay, ok, refusal } from '../falpay/fake-server';
import { bearer, CARD, gateway, type Gateway } from './parts';

const NUMBER = '4111111111111111';
const CVV = '739';
const SECRETS = { ...CARD, cardNo: NUMBER, cvv: CVV };
const URL = `/v1/cards/${CARD.cardId}/reveal`;

let parts: Gateway;
let lines: string[];

function start(over: Parameters<typeof gateway>[1] = {}, level: 'trace' | 'error' = 'trace'): void {
  lines = [];
  const log = createLogger({ service: 'gateway', level, destination: { write: (line) => void lines.push(line) } });
  parts = gateway(undefined, { log, ...over });
  parts.falpay.unsafeGetCardWithSecrets.mockResolvedValue(SECRETS);
}
beforeEach(() => start());
afterEach(() => parts.app.close());

type Who = Parameters<typeof bearer>[0];
const reveal = (payload: unknown = { reason: 'the holder asked' }, who: Who | undefined = 'desk', url = URL) =>
  parts.app.inject({
    method: 'POST',
    url,
    headers: { ...(who && bearer(who)), 'content-type': 'application/json', 'x-request-id': 'r-1' },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
const audits = () => lines.map((line) => JSON.parse(line)).filter((line) => line.audit === 'card-reveal');

test('a card is shown to who may see it, once, and nothing on the way may keep it', async () => {
  const response = await reveal();
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({ cardId: CARD.cardId, cardNo: NUMBER, cvv: CVV, expiry: '01/29' });
  expect(response.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
  expect(response.headers['etag']).toBeUndefined();
  expect(audits()).toEqual([
    expect.objectContaining({
      key: 'desk',
      cardId: CARD.cardId,
      reason: 'the holder asked',
      requestId: 'r-1',
      outcome: 'revealed',
    }),
  ]);
});

test('the audit line is written before the number is sent', async () => {
  let auditsBefore = -1;
  parts.app.addHook('onSend', async () => void (auditsBefore = audits().length));
  await reveal();
  expect(auditsBefore).toBe(1);
});

test.each<[string, () => ReturnType<typeof reveal>, number, object]>([
  ['no key', () => reveal(undefined, '' as Who), 401, { outcome: 'refused', code: 'unauthenticated' }],
  ['a key without the scope', () => reveal(undefined, 'ops'), 403, { outcome: 'refused', key: 'ops' }],
  ['no reason', () => reveal({}), 422, { outcome: 'refused', code: 'invalid-input', key: 'desk' }],
  ['a blank reason', () => reveal({ reason: ' ' }), 422, { outcome: 'refused' }],
  ['another field', () => reveal({ reason: 'r', cvv: '1' }), 422, { outcome: 'refused' }],
  ['no JSON', () => reveal('{'), 400, { outcome: 'refused', code: 'malformed-json' }],
  ['no id', () => reveal(undefined, 'desk', '/v1/cards/a%20b/reveal'), 422, { outcome: 'refused', key: 'desk' }],
])('with %s nothing is shown or asked, and the attempt is written down', async (_what, attempt, status, line) => {
  const response = await attempt();
  expect(response.statusCode).toBe(status);
  expect(response.headers['cache-control']).toBe('no-store');
  expect(audits()).toEqual([expect.objectContaining({ requestId: 'r-1', ...line })]);
  expect(parts.falpay.getCard).not.toHaveBeenCalled();
  expect(parts.falpay.unsafeGetCardWithSecrets).not.toHaveBeenCalled();
});

test.each([
  ['that FalPay does not know', () => parts.falpay.getCard.mockResolvedValue(null), 404, 'card-not-found', 'refused'],
  [
    'that is not issued yet',
    () => parts.falpay.getCard.mockResolvedValue({ ...CARD, status: 'PENDING' }),
    409,
    'card-not-issued',
    'refused',
  ],
  [
    'while FalPay is away',
    () => parts.falpay.unsafeGetCardWithSecrets.mockRejectedValue(new FalpayUnavailable('down')),
    503,
    'falpay-unavailable',
    'failed',
  ],
  [
    'that FalPay does not show',
    () => parts.falpay.unsafeGetCardWithSecrets.mockRejectedValue(new FalpayRejected('NOT_ALLOWED')),
    502,
    'falpay-refused',
    'failed',
  ],
])('a card %s is told apart, and the attempt is written down', async (_what, arrange, status, code, outcome) => {
  arrange();
  expect((await reveal()).json()).toMatchObject({ status, code });
  expect(audits()).toEqual([expect.objectContaining({ key: 'desk', reason: 'the holder asked', outcome, code })]);
});

test('is written down however little the gateway logs', async () => {
  await parts.app.close();
  start({}, 'error');
  await reveal();
  expect(audits()).toHaveLength(1);
});

test('more than thirty in a minute are refused, however much else the key may ask', async () => {
  for (let count = 0; count < 30; count += 1) expect((await reveal()).statusCode).toBe(200);
  const refused = await reveal();
  expect(refused.json()).toMatchObject({ status: 429, code: 'rate-limited' });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(parts.falpay.unsafeGetCardWithSecrets).toHaveBeenCalledTimes(30);
  expect(audits().at(-1)).toMatchObject({ key: 'desk', outcome: 'refused', code: 'rate-limited' });
  // It is the reveal that is limited, not the key.
  const other = await parts.app.inject({ method: 'GET', url: `/v1/cards/${CARD.cardId}`, headers: bearer('desk') });
  expect(other.statusCode).toBe(200);
});

describe('with the real client before a FalPay that answers anything', () => {
  let fake: FakeFalpay;
  beforeAll(async () => (fake = await new FakeFalpay().start()));
  afterAll(() => fake.stop());

  test.each([
    ['a whole card', () => ok(SECRETS), 200],
    ['a number that is none', () => ok({ ...SECRETS, cardNo: `${NUMBER}${NUMBER}` }), 503],
    ['a CVV that is none', () => ok({ ...SECRETS, cvv: `${CVV}${CVV}` }), 503],
    ['the numbers of another card', () => ok({ ...SECRETS, cardId: '1' }), 503],
    ['numbers signed by a stranger', () => ({ ...ok(SECRETS), signed: 'stranger' as const }), 502],
    ['half an answer', () => ({ body: JSON.stringify(SECRETS).slice(0, -9) }), 503],
    ['a refusal that quotes them', () => refusal('NOT_ALLOWED', `card ${NUMBER} may not be shown`), 502],
    ['a server error that quotes them', () => ({ ...ok(SECRETS), status: 500 }), 503],
  ])('%s leaves number and CVV in no log line, no error and no metric', async (_what, answer, status) => {
    const falpay = clientFor(fake.url);
    await parts.app.close();
    start({ falpay });
    let asked = 0;
    // The first question is for the card without its secrets; the same operation answers both.
    fake.handle = () => (asked++ === 0 ? ok(SECRETS) : answer());
    const response = await reveal();
    expect(response.statusCode).toBe(status);
    if (status !== 200) expect(response.body).not.toMatch(new RegExp(`${NUMBER}|${CVV}`));
    const metrics = await parts.app.inject('/metrics');
    const kept = [...lines, metrics.body].join('\n');
    expect(audits()).toHaveLength(1);
    expect(kept).not.toContain(NUMBER);
    // Not as a part of a time or an id.
    expect(kept).not.toMatch(new RegExp(`(?<![\\d.])${CVV}(?!\\d)`));
    falpay.close();
  });
});

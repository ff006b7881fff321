import { loadProfile } from '../../../src/falpay';
import { CLIENT_ID, CLIENT_SECRET, clientFor, errorOf, FakeFalpay, ok, refusal, tokenReply } from './fake-server';

const falpay = new FakeFalpay();
const clients: { close(): void }[] = [];
let now = 1_767_225_600_000;
const client = (options = {}) => {
  const made = clientFor(falpay.url, { clock: () => now, ...options });
  clients.push(made);
  return made;
};

beforeAll(() => falpay.start());
afterAll(() => falpay.stop());
beforeEach(() => {
  falpay.reset();
  falpay.handle = () => ok([]);
});
afterEach(() => clients.splice(0).forEach((made) => made.close()));

const numbered = () => {
  let count = 0;
  falpay.token = () => tokenReply(`token-${(count += 1)}`);
};

test('the token is asked for as on FalPay’s page: query parameters, no body, no signature', async () => {
  await client().getToken();
  const [request] = falpay.tokenRequests;
  expect(request?.path).toBe('/api/open/auth/token');
  expect(Object.fromEntries(request?.query ?? [])).toEqual({
    grant_type: 'client_credentials',
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
  });
  expect(request?.body).toBe('');
  expect(request?.headers['content-length'] ?? '0').toBe('0');
  expect(request?.headers).not.toHaveProperty('x-falpay-signature');
});

test.each([
  ['form', `grant_type=client_credentials&client_id=${CLIENT_ID}&client_secret=${CLIENT_SECRET}`],
  ['json', JSON.stringify({ grant_type: 'client_credentials', client_id: CLIENT_ID, client_secret: CLIENT_SECRET })],
])('the profile can send the credentials as %s', async (transport, body) => {
  await client({ profile: loadProfile({ token: { transport } }) }).getToken();
  expect(falpay.tokenRequests[0]?.body).toBe(body);
  expect([...(falpay.tokenRequests[0]?.query.keys() ?? [])]).toEqual([]);
});

test('a hundred calls at once share one token request', async () => {
  numbered();
  const busy = client();
  await Promise.all(Array.from({ length: 100 }, () => busy.listCardBins()));
  expect(falpay.tokenRequests).toHaveLength(1);
  expect(new Set(falpay.requests.map((request) => request.headers.authorization))).toEqual(new Set(['Bearer token-1']));
});

test('a token is renewed before it expires, and not earlier', async () => {
  numbered();
  const steady = client();
  await steady.listCardBins();
  now += 49_000;
  await steady.listCardBins();
  expect(falpay.tokenRequests).toHaveLength(1);
  now += 2_000;
  await steady.listCardBins();
  expect(falpay.tokenRequests).toHaveLength(2);
});

test('the life of a token is in the profile’s unit, also when it comes as text', async () => {
  falpay.token = () => tokenReply('t', '60000');
  const millis = client({ profile: loadProfile({ token: { expiresInUnit: 'ms' } }) });
  await millis.getToken();
  now += 45_000;
  await millis.getToken();
  expect(falpay.tokenRequests).toHaveLength(1);
  now += 6_000;
  await millis.getToken();
  expect(falpay.tokenRequests).toHaveLength(2);
});

test('when renewing ahead of time fails, the old token serves until its end', async () => {
  const steady = client();
  await steady.getToken();
  falpay.token = () => ({ status: 503, signed: 'no' });
  now += 55_000;
  await steady.listCardBins();
  now += 6_000;
  expect(await errorOf(steady.listCardBins())).toMatchObject({ type: 'FalpayUnavailable' });
});

test('a failed token request is not remembered', async () => {
  falpay.token = () => ({ status: 503, signed: 'no' });
  const patient = client();
  await errorOf(patient.listCardBins());
  falpay.token = () => tokenReply();
  await expect(patient.listCardBins()).resolves.toEqual([]);
});

test('calls refused together with 401 renew the token once, and each is made again once', async () => {
  numbered();
  falpay.handle = ({ headers }) =>
    headers.authorization === 'Bearer token-1' ? { status: 401, signed: 'no' } : ok([]);
  const busy = client();
  await Promise.all(Array.from({ length: 20 }, () => busy.listCardBins()));
  expect(falpay.tokenRequests).toHaveLength(2);
  expect(falpay.requests).toHaveLength(40);
});

test('a 401 for the new token too is a fault of the system, told after two tries', async () => {
  numbered();
  falpay.handle = () => ({ ...refusal('401', 'token', 401), signed: 'no' });
  expect(await errorOf(client().listCardBins())).toMatchObject({ type: 'FalpayAuth', httpStatus: 401 });
  expect(falpay.requests).toHaveLength(2);
});

test('one caller who gives up does not take the token from the others', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  falpay.token = async () => {
    await held;
    return tokenReply();
  };
  const shared = client();
  const cancel = new AbortController();
  const impatient = errorOf(shared.listCardBins({ signal: cancel.signal }));
  const patient = shared.listCardBins();
  cancel.abort();
  expect(await impatient).toMatchObject({ type: 'FalpayUnavailable', code: 'CANCELLED' });
  release();
  await expect(patient).resolves.toEqual([]);
});

test('a signed token answer is required when the profile says so', async () => {
  const strict = client({ profile: loadProfile({ token: { answerSignature: 'required' } }) });
  expect(await errorOf(strict.getToken())).toMatchObject({ type: 'FalpayUnavailable' });
  falpay.token = () => ({ ...tokenReply(), signed: 'platform' });
  await strict.getToken();
});

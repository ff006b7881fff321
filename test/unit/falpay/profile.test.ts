import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultProfile, InvalidInput, loadProfile, operationNames, operations, settleMsOf } from '../../../src/falpay';

const issuesOf = (override: string | object) => {
  try {
    loadProfile(override);
  } catch (error) {
    if (error instanceof InvalidInput) return error.issues;
    throw error;
  }
  throw new Error('it was accepted');
};

test('the default profile satisfies its own model and covers every operation', () => {
  expect(loadProfile()).toEqual(defaultProfile);
  expect(['getToken', ...Object.keys(defaultProfile.operations)].sort()).toEqual([...operationNames].sort());
  const paths = Object.values(defaultProfile.operations).map((operation) => operation.path);
  expect(new Set(paths).size).toBe(paths.length);
});

test('queries have no look-up; of what creates, only 创建持卡人 cannot be looked up', () => {
  for (const [name, { lookup }] of Object.entries(defaultProfile.operations)) {
    const { kind } = operations[name as keyof typeof operations];
    expect([name, lookup !== undefined]).toEqual([name, kind !== 'query' && name !== 'createCardholder']);
  }
});

test('what proves absence is as the contract says', () => {
  const proving = Object.entries(defaultProfile.operations)
    .filter(([, operation]) => operation.lookup?.provesAbsence)
    .map(([name, operation]) => [name, operation.lookup?.operation, operation.lookup?.key]);
  expect(proving).toEqual([
    ['createMerchant', 'getMerchant', 'merchantOrderNo'],
    ['openWallet', 'getWallet', 'walletOrderNo'],
    ['applyCard', 'getCard', 'cardOrderNo'],
  ]);
  expect(Object.values(defaultProfile.operations).every((operation) => operation.idempotent === 'assumed')).toBe(true);
});

test('"not found" settles after twice the timeout, or as the profile says', () => {
  expect(settleMsOf(loadProfile({ operations: { applyCard: { timeoutMs: 3000 } } }).operations.applyCard)).toBe(6000);
  const patient = loadProfile({ operations: { applyCard: { lookup: { settleMs: 90_000 } } } });
  expect(settleMsOf(patient.operations.applyCard)).toBe(90_000);
});

test('an override changes what it names and nothing else', () => {
  const profile = loadProfile(
    JSON.stringify({
      headers: { signature: 'X-Sign' },
      operations: { createRecharge: { path: '/v2/recharge', idempotent: 'confirmed' } },
    }),
  );
  expect(profile.headers).toEqual({ ...defaultProfile.headers, signature: 'X-Sign' });
  expect(profile.operations.createRecharge).toEqual({
    ...defaultProfile.operations.createRecharge,
    path: '/v2/recharge',
    idempotent: 'confirmed',
  });
  expect(profile.operations.createMerchant).toEqual(defaultProfile.operations.createMerchant);
});

test('lists are replaced, codes are added, null takes an optional entry away', () => {
  const profile = loadProfile({
    signature: { parts: ['sortedFields'] },
    errors: { codes: { E100: 'unavailable', SIGN_ERROR: null } },
    operations: { createRecharge: { lookup: null } },
  });
  expect(profile.signature.parts).toEqual(['sortedFields']);
  expect(profile.errors.codes).toMatchObject({ E100: 'unavailable', INVALID_SIGNATURE: 'auth' });
  expect(profile.errors.codes).not.toHaveProperty('SIGN_ERROR');
  expect(profile.operations.createRecharge).not.toHaveProperty('lookup');
});

test.each<readonly [string, object, path: string, message: string]>([
  ['an unknown section', { header: {} }, 'header', 'is not a known field'],
  ['an unknown operation', { operations: { createCard: {} } }, 'operations.createCard', 'is not a known field'],
  [
    'a misspelt entry',
    { operations: { applyCard: { timeout: 5 } } },
    'operations.applyCard.timeout',
    'is not a known field',
  ],
  [
    'a time as text',
    { operations: { applyCard: { timeoutMs: '5s' } } },
    'operations.applyCard.timeoutMs',
    'expected number',
  ],
  ['a required entry taken away', { token: { path: null } }, 'token.path', 'is missing'],
  ['a path with a query', { token: { path: '/token?x=1' } }, 'token.path', 'has no query'],
  [
    'a word that is none',
    { operations: { applyCard: { idempotent: 'yes' } } },
    'operations.applyCard.idempotent',
    'must be one of',
  ],
  ['a weak algorithm', { signature: { algorithm: 'MD5withRSA' } }, 'signature.algorithm', 'SHA256withRSA'],
  ['a signature without body', { signature: { parts: ['timestamp'] } }, 'signature.parts', 'must hold "body"'],
  ['a part twice', { signature: { parts: ['body', 'body'] } }, 'signature.parts', 'nothing twice'],
  ['a code that means nothing', { errors: { codes: { X: 'maybe' } } }, 'errors.codes.X', 'must be one of'],
  [
    'a look-up by a creating call',
    { operations: { applyCard: { lookup: { operation: 'openWallet' } } } },
    'operations.applyCard.lookup.operation',
    'getMerchant',
  ],
  [
    'a look-up by a key that the query lacks',
    { operations: { applyCard: { lookup: { key: 'cardNo' } } } },
    'operations.applyCard.lookup.key',
    'cardOrderNo',
  ],
  ['a name for an unknown model', { wire: { names: { CardDto: { a: 'b' } } } }, 'wire.names.CardDto', 'is not a model'],
  [
    'a name for an unknown field',
    { wire: { names: { FlowItem: { sum: 'amt' } } } },
    'wire.names.FlowItem.sum',
    'is not a field of FlowItem',
  ],
  [
    'a name that two fields would share',
    { wire: { names: { FlowItem: { amount: 'fee' } } } },
    'wire.names.FlowItem.fee',
    'must not be "fee", as amount is',
  ],
  [
    'a text in place of the object around it',
    { wire: { names: { FlowItem: { amount: '.' } } } },
    'wire.names.FlowItem.amount',
    'only an object can stand in the one around it',
  ],
  [
    'objects in the one around them whose fields have the same names',
    { wire: { names: { MerchantCreateDto: { company: '.', person: '.' } } } },
    'wire.names.MerchantCreateDto.address',
    'must not be "address"',
  ],
  [
    'a name that JavaScript takes otherwise',
    { wire: { names: { FlowItem: { fee: '__proto__' } } } },
    'wire.names.FlowItem.fee',
    '__proto__',
  ],
  ['words of no list', { wire: { enums: { audit: { PENDING: 0 } } } }, 'wire.enums.audit', 'auditStatus'],
  [
    'words of a field that has none',
    { wire: { enums: { 'FlowItem.flowNo': { PENDING: 0 } } } },
    'wire.enums.FlowItem.flowNo',
    'a field that has such words',
  ],
  [
    'a word that is none of ours',
    { wire: { enums: { auditStatus: { PASSED: 1 } } } },
    'wire.enums.auditStatus.PASSED',
    'is not a word of auditStatus',
  ],
  [
    'one word of FalPay’s for two of ours',
    { wire: { enums: { auditStatus: { PENDING: [0, 1], APPROVED: '1' } } } },
    'wire.enums.auditStatus.APPROVED',
    'must not be 1, as PENDING is',
  ],
  [
    'a word of ours for another of ours',
    { wire: { enums: { auditStatus: { PENDING: 'APPROVED' } } } },
    'wire.enums.auditStatus.PENDING',
    'unless APPROVED is mapped too',
  ],
  ['one word for yes and no', { wire: { booleans: { true: 1, false: '1' } } }, 'wire.booleans.false', 'must differ'],
  ['a zone by name', { time: { zone: 'CST' } }, 'time.zone', '+08:00'],
  ['a time without its seconds', { time: { format: 'yyyy-MM-dd HH:mm' } }, 'time.format', 'must hold ss'],
  ['a time in other letters', { time: { format: 'YYYY-MM-DD HH:mm:ss' } }, 'time.format', 'made of yyyy MM dd'],
  ['a time as a number that is none', { time: { writtenAs: 'number' } }, 'time.writtenAs', 'is no number'],
  ['a date since 1970', { time: { date: 'epoch-ms' } }, 'time.date', 'a date has no epoch'],
  ['a page before the first', { paging: { firstPage: 2 } }, 'paging.firstPage', 'must be 0 or 1'],
  [
    'a status of HTTP that is none',
    { http: { statuses: { '600': 'auth' } } },
    'http.statuses.600',
    'must be an HTTP status',
  ],
  ['a method without a body', { http: { method: 'GET' } }, 'http.method', 'must be one of'],
  [
    'two operations at one path',
    { operations: { getCard: { path: '/api/open/card/apply' } } },
    'operations.getCard.path',
    'operations.applyCard.path',
  ],
  ['a time that is signed and not sent', { headers: { timestamp: null } }, 'headers.timestamp', 'since it is signed'],
  [
    'a path in what FalPay signs of its own',
    { signature: { parts: ['method', 'path', 'timestamp', 'nonce', 'body'] } },
    'signature.answers.parts',
    'answers and callbacks have none',
  ],
  ['success as not found', { envelope: { notFoundCodes: ['200'] } }, 'envelope.notFoundCodes', 'the code of success'],
  [
    'topics at one address that nothing tells apart',
    { callbacks: { topics: { 'card-status': { path: '/wallet-audit' } }, fields: { topic: null } } },
    'callbacks.topics.card-status.path',
    'nothing tells the two apart',
  ],
  [
    'topics at one address under one name',
    { callbacks: { topics: { 'card-status': { path: '/wallet-audit', value: ['x', 'wallet-audit'] } } } },
    'callbacks.topics.card-status.value',
    "must differ from wallet-audit's",
  ],
  [
    'an unknown topic',
    { callbacks: { topics: { refund: { path: '/r', value: 'r' } } } },
    'callbacks.topics.refund',
    'is not a known field',
  ],
  ['a place that is none', { callbacks: { fields: { eventId: 'eventId' } } }, 'callbacks.fields.eventId', 'body.field'],
  [
    'a callback path with a slash at its end',
    { callbacks: { topics: { 'card-status': { path: '/x/' } } } },
    'callbacks.topics.card-status.path',
    'must be empty',
  ],
  [
    'an acknowledgement that is a refusal',
    { callbacks: { acknowledgement: { status: 500 } } },
    'callbacks.acknowledgement.status',
    'too big',
  ],
])('%s is refused, naming the entry', (_, override, path, message) => {
  expect(issuesOf(override)).toContainEqual({ path, message: expect.stringContaining(message) });
});

test('every list of words, every model and every field of a place can be named', () => {
  const profile = loadProfile({
    wire: {
      naming: 'PascalCase',
      enums: { currency: { USD: '840' }, country: { HK: 344 }, 'WalletStatusUpdateDto.status': { CLOSED: 'X' } },
    },
    signature: { answers: { parts: ['body'] }, parts: ['method', 'path', 'clientId', 'body'] },
    callbacks: { fields: { eventId: null, occurredAt: null, data: 'body' }, acknowledgement: { body: 'ok' } },
  });
  expect(profile.callbacks.fields).toEqual({ topic: 'body.topic', data: 'body' });
  expect(profile.callbacks.acknowledgement).toEqual({ status: 200, body: 'ok' });
});

test('the examples of its page are profiles', () => {
  const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'profile.md'), 'utf8');
  const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json]) => json ?? '');
  expect(examples.length).toBeGreaterThan(2);
  for (const json of examples) expect(() => loadProfile(json)).not.toThrow();
});

test('several mistakes are told at once', () => {
  const issues = issuesOf({ token: { path: 5 }, wire: { ids: 'text' }, nonsense: 1 });
  expect(issues.map((issue) => issue.path).sort()).toEqual(['nonsense', 'token.path', 'wire.ids']);
});

test.each(['', '{"a":', '[]', '"text"', 'null'])('an override file with %j is refused', (text) => {
  expect(issuesOf(text)).toHaveLength(1);
});

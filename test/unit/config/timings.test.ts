import { flowPolicy, loadGatewayConfig, loadWorkerConfig } from '../../../src/config';
import { problemsOf, gatewayEnv, productionEnv, temporaryFiles, workerEnv } from './environment-of';

const files = temporaryFiles();
let count = 0;
const withTimings = (content: unknown, env = workerEnv) => ({
  ...env,
  CARDFLOW_TIMINGS: files.write(
    `timings-${count++}.json`,
    typeof content === 'string' ? content : JSON.stringify(content),
  ),
});
const policyOf = (env: Parameters<typeof loadWorkerConfig>[0]) => {
  const config = loadWorkerConfig(env);
  return flowPolicy(config, config.falpay.profile);
};
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('the policy of flows without any file', () => {
  const policy = policyOf(workerEnv);

  test('audits and recharges are asked about ever more rarely, card issue soon', () => {
    const patient = [5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR];
    expect(policy.waits).toMatchObject({
      'merchant-audit': { ladderMs: patient, deadlineMs: 14 * DAY },
      'wallet-audit': { ladderMs: patient, deadlineMs: 14 * DAY },
      'wallet-recharge': { ladderMs: patient, deadlineMs: 30 * DAY },
      'card-issue': { ladderMs: [2_000, 5_000, 15_000, MINUTE, 5 * MINUTE], deadlineMs: HOUR },
    });
    expect(policy.waits.parked.deadlineMs).toBe(DAY);
  });

  test('absence is proven after twice the timeout where the look-up can prove it, and never elsewhere', () => {
    expect(policy.operations.createMerchant).toEqual({
      timeoutMs: 10_000,
      idempotent: 'assumed',
      absenceProvenAfterMs: 20_000,
    });
    expect(policy.operations.openWallet.absenceProvenAfterMs).toBe(20_000);
    expect(policy.operations.applyCard.absenceProvenAfterMs).toBe(20_000);
    // 卡钱包流水 lists booked movements only; 创建持卡人 has no query at all.
    expect(policy.operations.createRecharge.absenceProvenAfterMs).toBeUndefined();
    expect(policy.operations.createCardholder.absenceProvenAfterMs).toBeUndefined();
    expect(policy.confirmCallbacks).toBe(true);
  });
});

describe('CARDFLOW_TIMINGS', () => {
  test('a topic’s entry sets its ladder, deadline and the limit of its look-up', () => {
    const config = loadWorkerConfig(
      withTimings({ 'merchant-audit': { ladder: ['5s', '1m'], deadline: '2d', timeout: '3s' } }),
    );
    expect(config.timings.waits['merchant-audit']).toEqual({ ladderMs: [5_000, MINUTE], deadlineMs: 2 * DAY });
    expect(config.timings.waits['wallet-audit'].deadlineMs).toBe(14 * DAY);
    expect(config.falpay.profile.operations.getMerchant.timeoutMs).toBe(3_000);
    expect(config.falpay.profile.operations.createMerchant.timeoutMs).toBe(10_000);
  });

  test('applyCard sets the wait for a card and the limit of 开卡申请, and with it when absence is proven', () => {
    const policy = policyOf(withTimings({ applyCard: { ladder: ['100ms'], deadline: '1m', timeout: '4s' } }));
    expect(policy.waits['card-issue']).toEqual({ ladderMs: [100], deadlineMs: MINUTE });
    expect(policy.operations.applyCard).toMatchObject({ timeoutMs: 4_000, absenceProvenAfterMs: 8_000 });
  });

  test('defaults reach everything that has no entry of its own', () => {
    const policy = policyOf(
      withTimings({ defaults: { ladder: ['1s'], deadline: '1h', timeout: '2s' }, 'wallet-audit': { deadline: '3h' } }),
    );
    expect(policy.waits['merchant-audit']).toEqual({ ladderMs: [1_000], deadlineMs: HOUR });
    expect(policy.waits['wallet-audit']).toEqual({ ladderMs: [1_000], deadlineMs: 3 * HOUR });
    expect(policy.operations.createRecharge.timeoutMs).toBe(2_000);
    expect(policy.queryTimeoutMs).toBe(2_000);
  });

  test('an operation’s own entry beats its topic’s', () => {
    const { falpay } = loadWorkerConfig(
      withTimings({ 'wallet-audit': { timeout: '3s' }, getWallet: { timeout: '7s' } }),
    );
    expect(falpay.profile.operations.getWallet.timeoutMs).toBe(7_000);
  });

  test('the token’s limit can be set too, and the gateway’s calls follow the same file', () => {
    const { profile } = loadGatewayConfig(
      withTimings({ getToken: { timeout: '1s' }, listCardBins: { timeout: '2s' } }, gatewayEnv),
    ).falpay;
    expect([profile.token.timeoutMs, profile.operations.listCardBins.timeoutMs]).toEqual([1_000, 2_000]);
  });

  test.each([
    ['text that is no JSON', '{', 'CARDFLOW_TIMINGS', /not JSON/],
    ['a list', [], 'CARDFLOW_TIMINGS', /no JSON object/],
    [
      'a mistyped topic',
      { 'merchant-audits': {} },
      'CARDFLOW_TIMINGS: merchant-audits',
      /neither a topic nor an operation/,
    ],
    ['a mistyped key', { 'merchant-audit': { deadlin: '1d' } }, 'CARDFLOW_TIMINGS: merchant-audit.deadlin', /unknown/],
    ['an entry that is no object', { applyCard: '5s' }, 'CARDFLOW_TIMINGS: applyCard', /no JSON object/],
    [
      'a ladder for an operation nobody waits for',
      { getMerchant: { ladder: ['1s'] } },
      'CARDFLOW_TIMINGS: getMerchant.ladder',
      /no effect/,
    ],
    ['a number', { applyCard: { timeout: 5 } }, 'CARDFLOW_TIMINGS: applyCard.timeout', /no text/],
    ['a duration without unit', { applyCard: { timeout: '5' } }, 'CARDFLOW_TIMINGS: applyCard.timeout', /no duration/],
    ['a negative duration', { applyCard: { deadline: '-5s' } }, 'CARDFLOW_TIMINGS: applyCard.deadline', /no duration/],
    [
      'a rung of no time',
      { applyCard: { ladder: ['5s', '0s'] } },
      'CARDFLOW_TIMINGS: applyCard.ladder.1',
      /not between/,
    ],
    ['an empty ladder', { applyCard: { ladder: [] } }, 'CARDFLOW_TIMINGS: applyCard.ladder', /empty/],
    ['a timeout of an hour', { applyCard: { timeout: '1h' } }, 'CARDFLOW_TIMINGS: applyCard.timeout', /not between/],
    ['a deadline of years', { applyCard: { deadline: '800d' } }, 'CARDFLOW_TIMINGS: applyCard.deadline', /not between/],
  ])('%s is a mistake at its place', (_, content, setting, problem) => {
    const problems = problemsOf(() => loadWorkerConfig(withTimings(content)));
    expect(problems).toEqual([expect.objectContaining({ setting, problem: expect.stringMatching(problem) as string })]);
  });

  test('a mistyped topic comes with the right one', () => {
    const [problem] = problemsOf(() => loadWorkerConfig(withTimings({ 'merchant-audits': {} })));
    expect(problem?.remedy).toBe('did you mean merchant-audit?');
  });
});

describe('FALPAY_PROFILE', () => {
  test('can tell FalPay’s address, which the setting overrules, and production judges alike', () => {
    const FALPAY_PROFILE = files.write('address.json', '{"http": {"baseUrl": "https://open.falpay.example/v3/"}}');
    const unset = { ...workerEnv, FALPAY_PROFILE, FALPAY_BASE_URL: undefined };
    expect(loadWorkerConfig(unset).falpay.baseUrl).toBe('https://open.falpay.example/v3');
    const set = { ...unset, FALPAY_BASE_URL: 'https://x.example' };
    expect(loadWorkerConfig(set).falpay.baseUrl).toBe('https://x.example');
    const local = files.write('local.json', '{"http": {"baseUrl": "http://127.0.0.1:8090"}}');
    const production = { ...productionEnv, FALPAY_BASE_URL: undefined, FALPAY_PROFILE: local };
    expect(problemsOf(() => loadWorkerConfig(production)).map(({ setting }) => setting)).toEqual(['FALPAY_BASE_URL']);
  });

  test('overrides any part of the default, and settleMs counts from there', () => {
    const profile = files.write(
      'profile.json',
      JSON.stringify({
        callbacks: { confirmByQuery: false },
        operations: { createMerchant: { timeoutMs: 1_000, idempotent: 'confirmed', lookup: { settleMs: 9_000 } } },
      }),
    );
    const policy = policyOf({ ...workerEnv, FALPAY_PROFILE: profile });
    expect(policy.confirmCallbacks).toBe(false);
    expect(policy.operations.createMerchant).toEqual({
      timeoutMs: 1_000,
      idempotent: 'confirmed',
      absenceProvenAfterMs: 9_000,
    });
  });
});

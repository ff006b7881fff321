import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { OnboardingClient } from '../../../src/bootstrap/onboarding-client';
import { progressLines, progressTeller } from '../../../src/bootstrap/onboarding-progress';
import { flowPage, summary, type StartResult } from '../../../src/bootstrap/summary';
import type { FlowState } from '../../../src/messages/state';
import { onboardingBody } from '../../setup/example';

const waiting: FlowState = {
  workflowId: 'onboarding/DEMO-1',
  kind: 'onboarding',
  number: 'DEMO-1',
  stage: 'WAITING',
  steps: [
    {
      name: 'create-merchant',
      status: 'DONE',
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:00:00.120Z',
      attempts: 1,
    },
    { name: 'merchant-audit', status: 'WAITING', startedAt: '2026-01-01T00:00:00.120Z', attempts: 0 },
    { name: 'open-wallet', status: 'PENDING', attempts: 0 },
  ],
  waits: [
    {
      step: 'merchant-audit',
      topic: 'merchant-audit',
      ref: '77',
      since: '2026-01-01T00:00:00.120Z',
      deadline: '2026-01-15T00:00:00.000Z',
      nextQueryAt: '2026-01-01T00:05:00.000Z',
    },
  ],
  blocks: [],
  outputs: { cards: [] },
  actions: [],
};
const completed: FlowState = {
  ...waiting,
  stage: 'COMPLETED',
  waits: [],
  outputs: {
    merchantId: '11',
    walletId: '22',
    recharge: {
      rechargeOrderNo: 'R1',
      orderNo: '33',
      amount: '500.00',
      credited: '495.00',
      currency: 'USD',
      status: 'SUCCESS',
    },
    cards: [{ cardOrderNo: 'C1', cardId: '44', last4: '1234', status: 'ACTIVE' }],
  },
};
const result: StartResult = {
  ok: true,
  state: completed,
  timings: {
    totalMs: 1_500,
    waitingForFalpayMs: 1_000,
    callingFalpayMs: 200,
    orchestrationMs: 300,
    steps: [{ name: 'create-merchant', status: 'DONE', tookMs: 120 }],
  },
  temporal: { address: '127.0.0.1:7233', namespace: 'default', ui: 'http://127.0.0.1:8233' },
  gateway: { url: 'http://127.0.0.1:8080' },
  sandbox: { url: 'http://127.0.0.1:8090', ledger: {} },
};

test('progress names each step with its time, and each wait with what it waits for', () => {
  const lines = progressLines(waiting).map(({ text }) => text);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/create-merchant +120 ms/);
  expect(lines[1]).toMatch(/merchant-audit +waits for merchant-audit 77/);
});

test('a block and a fault of the system are told too', () => {
  const lines = progressLines({
    ...waiting,
    blocks: [{ blockId: 'b', step: 'card-1', reason: 'CARD_REFUSED', message: 'limit', actions: [], since: '' }],
    fault: { since: '', message: 'FalPay is down', nextTryAt: '10:00' },
  }).map(({ text }) => text);
  expect(lines.join('\n')).toMatch(/card-1: CARD_REFUSED: limit\n! FalPay is down; next try 10:00/);
});

test('in plain output each change is one line, told once', () => {
  const said: string[] = [];
  const tell = progressTeller((line) => said.push(line), false);
  tell(waiting);
  tell(waiting);
  expect(said).toHaveLength(2);
});

test('the summary has the ids, the times, the addresses and three commands', () => {
  const text = summary(result, '/data/my keys/backend.key', true);
  for (const part of [
    'onboarding/DEMO-1: COMPLETED in 1.5 s',
    'ordered 500.00, credited 495.00 USD',
    '•••• 1234  ACTIVE',
    'waiting for FalPay 1.0 s · calls to FalPay 200 ms · orchestration 300 ms',
    'http://127.0.0.1:8233/namespaces/default/workflows/onboarding%2FDEMO-1',
    `"Authorization: Bearer $(cat '/data/my keys/backend.key')" http://127.0.0.1:8080/v1/onboardings/DEMO-1`,
    'npx cardflow status onboarding/DEMO-1',
    'npx cardflow list',
  ]) {
    expect(text).toContain(part);
  }
});

test('when everything is stopped again, the commands come with what they need', () => {
  expect(summary(result, '/data/backend.key', false)).toContain('Try next, while `npm start` runs:');
});

test('without a known UI there is no address to show', () => {
  expect(flowPage({ address: 'dev:7233', namespace: 'default' }, 'onboarding/DEMO-1')).toBeUndefined();
});

describe('the demonstration’s backend', () => {
  let gateway: Server;
  const asked: string[] = [];
  const answers: { readonly status: number; readonly body: unknown }[] = [];
  let url: string;
  beforeEach(async () => {
    asked.length = 0;
    gateway = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      const { status, body } = answers.shift() ?? { status: 500, body: {} };
      request.resume().on('end', () => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    }).listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    url = `http://127.0.0.1:${(gateway.address() as { port: number }).port}`;
  });
  afterEach(() => gateway.close());

  test('starts by its own number and follows until the flow has ended', async () => {
    const backend = new OnboardingClient(url, 'key', new AbortController().signal);
    answers.push({ status: 201, body: waiting }, { status: 200, body: waiting }, { status: 200, body: completed });
    const first = await backend.start('DEMO-1', onboardingBody());
    const stages: string[] = [];
    const end = await backend.follow('DEMO-1', first, ({ stage }) => stages.push(stage));
    expect(end.stage).toBe('COMPLETED');
    expect(stages).toEqual(['WAITING', 'WAITING', 'COMPLETED']);
    expect(asked).toEqual([
      'PUT /v1/onboardings/DEMO-1 Bearer key',
      'GET /v1/onboardings/DEMO-1?wait=10s Bearer key',
      'GET /v1/onboardings/DEMO-1?wait=10s Bearer key',
    ]);
  });

  test('a refusal carries what the gateway said', async () => {
    const backend = new OnboardingClient(url, 'key', new AbortController().signal);
    answers.push({ status: 422, body: { detail: 'cards.0.binId: unknown BIN' } });
    await expect(backend.start('DEMO-1', onboardingBody())).rejects.toThrow(
      /PUT \/v1\/onboardings\/DEMO-1 answered 422: .*cards\.0\.binId: unknown BIN/,
    );
  });
});

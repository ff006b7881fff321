/**
 * Who the customers are stays where it must be: in FalPay's hands, and in the payloads that a codec key encrypts.
 * A whole onboarding of marked people, rejected, corrected and refused on the way, by the real processes at their most talkative.
 */
import { readFileSync } from 'node:fs';
import { createLogger } from '../../src/logging';
import type { OnboardingBody } from '../../src/messages';
import { BIN, BY_HAND, onboardingBody, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { Workers, type WorkerChild } from './worker-child';

const NUMBER = 'KYC-1';

/** Each is in one field of a person, and nowhere else in the world. */
const MARKS = {
  name: 'Zqfamily Zqgiven',
  contact: 'Zqcontact Person',
  firstName: 'Zqfirst',
  lastName: 'Zqlast',
  birthDate: '1971-03-09',
  certNo: 'ZQ7700112',
  holderCertNo: 'ZQ8800334',
  address: '77 Zqstreet',
  phone: '85291977553',
  holderPhone: '61977531',
  email: 'zqmail@zqhost.example',
  holderEmail: 'zqholder@zqhost.example',
  paper: 'kyc/zq/passport-front.jpg',
  corrected: 'Zqcorrected Person',
  refused: 'ZQ9900556',
} as const;
const LONG_MS = 240_000;

function markedBody(): OnboardingBody {
  return onboardingBody({
    merchant: {
      merchantType: 'PERSON',
      person: {
        name: MARKS.name,
        nationality: 'HK',
        birthDate: MARKS.birthDate,
        certType: 'PASSPORT',
        certNo: MARKS.certNo,
        address: MARKS.address,
        certFrontKey: MARKS.paper,
      },
      contactName: MARKS.contact,
      contactPhone: `+${MARKS.phone}`,
      contactEmail: MARKS.email,
    },
    cards: [
      {
        binId: BIN.withCardholder,
        cardLimit: '50.00',
        currency: 'USD',
        cardholder: {
          firstName: MARKS.firstName,
          lastName: MARKS.lastName,
          birthDate: MARKS.birthDate,
          nationality: 'HK',
          phoneCode: '852',
          phone: MARKS.holderPhone,
          email: MARKS.holderEmail,
          address: { line: MARKS.address, city: 'Hong Kong', postalCode: '999077', country: 'HK' },
          certType: 'PASSPORT',
          certNo: MARKS.holderCertNo,
          certFrontKey: MARKS.paper,
        },
      },
    ],
  });
}

let temporal: TestTemporal;
let stack: Stack;
let workers: Workers;
let worker: WorkerChild;
const gatewayLines: string[] = [];

beforeAll(async () => {
  temporal = await temporalForTests();
  const log = createLogger({
    service: 'gateway',
    level: 'trace',
    destination: { write: (line) => void gatewayLines.push(line) },
  });
  stack = await startStack(temporal, { bundle: workflowBundle(), sandbox: BY_HAND, log });
  await stack.stopWorker();
  workers = new Workers(
    {
      ...stack.falpaySettings,
      CARDFLOW_ENVIRONMENT: temporal.environment,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      LOG_LEVEL: 'trace',
    },
    { defaults: { timeout: '30s' } },
  );
  worker = await workers.start();
}, LONG_MS);
afterAll(async () => {
  await worker?.process.stop();
  await workers?.close();
  await stack?.stop();
  await temporal?.close();
});

/** Every text in it, those in bytes included. */
function textsOf(part: unknown): string {
  if (typeof part === 'string') return part;
  if (part instanceof Uint8Array) return Buffer.from(part).toString('utf8');
  if (typeof part !== 'object' || part === null) return '';
  return Object.entries(part)
    .map(([key, value]) => `${key} ${textsOf(value)}`)
    .join('\n');
}

/** What of a history no codec encrypts, or what an operator is shown: everything but payloads that go in and come out. */
const OPEN = ['userMetadata', 'searchAttributes', 'memo', 'header', 'failure', 'identity'];
function openParts(part: unknown): unknown[] {
  if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return [];
  return Object.entries(part).flatMap(([key, value]) =>
    OPEN.includes(key) || /Id$|Name$|type$/i.test(key) ? [value] : openParts(value),
  );
}

test(
  'nothing of a person is in logs, metrics, workflow ids, memos, search attributes, summaries, details or failures',
  async () => {
    const body = markedBody();
    const correct = (patch: object) =>
      stack.api('POST', `/v1/onboardings/${NUMBER}/corrections`, { blockId, reason: 'new papers', patch });
    const { merchant } = body;
    const wrong = { ...body, merchant: { ...merchant, person: { ...merchant.person, certType: MARKS.certNo } } };
    expect(await stack.api('PUT', `/v1/onboardings/${NUMBER}`, wrong)).toMatchObject({ status: 422 });
    expect((await stack.api('PUT', `/v1/onboardings/${NUMBER}`, JSON.stringify(body).slice(0, -2))).status).toBe(400);
    expect((await stack.start(NUMBER, body)).status).toBe(201);
    expect((await stack.start(NUMBER, { ...body, recharge: { amount: '1.00', currency: 'USD' } })).status).toBe(409);

    const waitsFor = (topic: string) => stack.reach(NUMBER, ({ waits }) => waits.some((wait) => wait.topic === topic));
    await waitsFor('merchant-audit');
    await stack.control('POST', `/audits/merchants/${NUMBER}`, { decision: 'REJECTED', reason: '证件不清晰' });
    const { blocks } = await stack.reach(NUMBER, ({ stage }) => stage === 'ACTION_REQUIRED');
    const blockId = blocks[0]?.blockId ?? '';
    expect(await correct({ merchant: { person: { birthDate: MARKS.refused } } })).toMatchObject({ status: 422 });
    expect(await correct({ cards: { '0': { cardholder: { certNo: MARKS.refused } } } })).toMatchObject({ status: 422 });
    expect(await correct({ merchant: { contactName: MARKS.corrected } })).toMatchObject({ status: 200 });
    await waitsFor('merchant-audit');
    await stack.control('POST', `/audits/merchants/${NUMBER}`, { decision: 'APPROVED' });
    const { outputs } = await waitsFor('wallet-audit');
    await stack.control('POST', `/audits/wallets/${outputs.walletId}`, { decision: 'APPROVED' });
    await waitsFor('wallet-recharge');
    const handle = stack.client.workflow.getHandle(`onboarding/${NUMBER}`);
    const shown = await handle.query('__temporal_workflow_metadata');
    await stack.control('POST', `/recharges/${NUMBER}_OR1/arrivals`);
    await stack.reach(NUMBER, ({ stage }) => stage === 'COMPLETED');

    const history = await handle.fetchHistory();
    // The control: the people are in the payloads, where a codec key covers them, and are found there.
    const whole = textsOf(history);
    for (const mark of [MARKS.name, MARKS.certNo, MARKS.holderEmail, MARKS.corrected]) expect(whole).toContain(mark);

    const { namespace } = temporal;
    const { connection } = temporal;
    const execution = { workflowId: `onboarding/${NUMBER}` };
    const kept = {
      gatewayLog: gatewayLines.join(''),
      workerLog: readFileSync(workers.file('worker-1.log'), 'utf8'),
      metrics: await (await fetch(`${stack.gatewayUrl}/metrics`)).text(),
      details: textsOf(shown),
      described: textsOf(await connection.workflowService.describeWorkflowExecution({ namespace, execution })),
      listed: textsOf(await connection.workflowService.listWorkflowExecutions({ namespace })),
      history: openParts(history).map(textsOf).join('\n'),
    };
    expect(kept.gatewayLog).toContain('/v1/onboardings/:merchantOrderNo');
    expect(kept.workerLog).toContain('"worker runs"');
    expect(kept.details).toMatch(/recharge-arrival|wallet-recharge/);
    expect(kept.described).toContain('Onboarding of person');
    expect(kept.listed).toContain(NUMBER);
    expect(kept.history).toContain('FlowStage');
    for (const [place, text] of Object.entries(kept))
      for (const [field, mark] of Object.entries(MARKS)) {
        expect({ place, field, found: text.includes(mark) }).toEqual({ place, field, found: false });
      }
  },
  LONG_MS,
);

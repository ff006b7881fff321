import { BIN, onboardingBody } from '../setup/stack';
import { Scene } from './scene';

const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
/** Faults after which FalPay has carried the call out, by the name under which a flow meets them. */
const DONE = {
  RESET: { fault: 'resetAfterCommit' },
  DOWN: { fault: 'http5xx' },
  GARBLED: { fault: 'unreadable' },
  FORGED: { fault: 'wrongSignature' },
} as const;
/** The same to a caller, but nothing was carried out. */
const NOT_DONE = {
  RESET: { fault: 'resetBeforeCommit' },
  DOWN: { fault: 'http5xx', committed: false },
  GARBLED: { fault: 'unreadable', committed: false },
} as const;

/** Operations whose look-up proves absence, with the wait before them and the one that tells they are done. */
const PROVABLE = [
  { operation: 'createMerchant', suffix: '', before: undefined, after: 'merchant-audit' },
  { operation: 'openWallet', suffix: '_OW1', before: 'merchant-audit', after: 'wallet-audit' },
  { operation: 'applyCard', suffix: '_OC1', before: 'recharge-arrival', after: undefined },
] as const;
type Case = (typeof PROVABLE)[number];

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

/** Takes one flow for each fault past the call that it hits. */
async function run({ operation, suffix, before, after }: Case, faults: Record<string, object>, tag: string) {
  const numbers = Object.keys(faults).map((name) => `${operation}-${tag}-${name}`);
  if (before) for (const number of numbers) await scene.at(number, before, ONE_CARD);
  await scene.fault(
    ...Object.values(faults).map((fault, index) => ({
      operation,
      orderNo: `${numbers[index]}${suffix}`,
      times: 1,
      ...fault,
    })),
  );
  for (const number of numbers) {
    if (before === undefined) await scene.start(number, ONE_CARD);
    else if (before === 'merchant-audit') await scene.audit('merchant', number);
    else await scene.pay(number);
  }
  for (const number of numbers)
    await scene.passUntil(
      number,
      ({ waits, stage }) => (after ? waits[0]?.step === after : stage === 'COMPLETED'),
      '5 seconds',
    );
  return numbers;
}

const settlingOf = async (number: string) =>
  (await scene.timers(number)).filter(({ summary }) => summary.includes('proves absence'));

describe.each(PROVABLE)('$operation', (row) => {
  test('whose answer is lost after FalPay has carried it out is found, and not sent again', async () => {
    for (const number of await run(row, DONE, 'DONE')) {
      expect([number, await scene.calls(row.operation, `${number}${row.suffix}`)]).toEqual([number, 1]);
      expect(await settlingOf(number)).toEqual([]);
      const { blocks, fault } = await scene.state(number);
      expect({ blocks, fault }).toEqual({ blocks: [], fault: undefined });
    }
  });

  test('that was lost before FalPay carried it out is sent again, under the same number, once its absence is proven', async () => {
    for (const number of await run(row, NOT_DONE, 'NOT')) {
      const { requests } = await scene.stack.control(
        'GET',
        `/requests?operation=${row.operation}&orderNo=${number}${row.suffix}`,
      );
      // Whatever the sandbox did not carry out, it did not read: the second call is its first of that content.
      expect(requests).toEqual([
        expect.objectContaining({ repeated: false, fault: expect.any(String) }),
        expect.objectContaining({ repeated: false, status: 200, code: '200' }),
      ]);
      // Twice the call's time limit of 10 seconds, from when it was given up; what the first look-up took comes off.
      const [settling, ...more] = await settlingOf(number);
      expect(more).toEqual([]);
      expect(settling?.seconds).toBeGreaterThan(10);
      expect(settling?.seconds).toBeLessThanOrEqual(20);
    }
  });
});

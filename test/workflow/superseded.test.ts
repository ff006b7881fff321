/** An action that is accepted in the moment in which FalPay settles the matter: it comes to nothing, and the record does not say otherwise. */
import { ApplicationFailure } from '@temporalio/common';
import { callbackSignal, type BlockState } from '../../src/messages';
import { onboardingBody } from '../setup/stack';
import { until } from '../setup/until';
import { Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

const patch = { merchant: { contactName: 'Somebody New' } };

/** Brings a rejected merchant to where FalPay has been asked again, and has not answered. */
async function askedAgain(number: string): Promise<{ block: BlockState; answer: (auditStatus: string) => void }> {
  const { outputs } = await scene.at(number, 'merchant-audit', onboardingBody());
  await scene.audit('merchant', number, 'blurred');
  const block = await scene.blocked(number, 'MERCHANT_REJECTED');
  let answer: (auditStatus: string) => void = () => undefined;
  const told = new Promise<string>((resolve) => (answer = resolve));
  let asked = 0;
  scene.instead.findMerchant = async () => {
    asked += 1;
    // The first try is part of the workflow task, where no Update could come in between.
    if (asked === 1) throw ApplicationFailure.retryable('busy', 'FalpayUnavailable');
    return { run: '', found: { merchantId: outputs.merchantId ?? '', auditStatus: await told } };
  };
  await scene.handle(number).signal(callbackSignal, {
    eventId: `${number}-approved`,
    topic: 'merchant-audit',
    occurredAt: '2030-01-01 00:00:00',
    receivedAt: '2030-01-01T00:00:00.000Z',
    stale: false,
    orderNo: number,
    ref: outputs.merchantId ?? '',
    ids: {},
    data: { auditStatus: 'APPROVED' },
  });
  await until(
    () => asked > 1,
    () => 'FalPay is not asked',
  );
  return { block, answer };
}

test('it is marked as superseded, and FalPay gets nothing of it', async () => {
  const { block, answer } = await askedAgain('OVERTAKEN');
  await scene.act('OVERTAKEN', 'correct', block, { patch });
  answer('APPROVED');
  const { actions } = await scene.reach('OVERTAKEN', ({ steps }) => steps[1]?.status === 'DONE');
  expect(actions).toEqual([
    expect.objectContaining({ action: 'correct', blockId: block.blockId, actor: 'anna', superseded: true }),
  ]);
  expect(await scene.scheduled('OVERTAKEN')).not.toContain('updateMerchant');
});

test('one that is carried out after all is not', async () => {
  const { block, answer } = await askedAgain('IN-TIME');
  await scene.act('IN-TIME', 'correct', block, { patch });
  delete scene.instead.findMerchant;
  answer('PENDING');
  await until(
    async () => (await scene.scheduled('IN-TIME')).includes('updateMerchant'),
    () => 'the correction is not sent',
  );
  const { actions } = await scene.state('IN-TIME');
  expect(actions).toEqual([expect.objectContaining({ action: 'correct', blockId: block.blockId })]);
  expect(actions[0]).not.toHaveProperty('superseded');
});

test('nor is one that a person took back by an abort before it was carried out forgotten', async () => {
  const { block, answer } = await askedAgain('ABORTED');
  await scene.act('ABORTED', 'retry', block);
  await scene.act('ABORTED', 'abort', undefined);
  answer('PENDING');
  await scene.handle('ABORTED').result();
  const { actions } = await scene.state('ABORTED');
  expect(actions).toEqual([
    expect.objectContaining({ action: 'retry', superseded: true }),
    expect.objectContaining({ action: 'abort' }),
  ]);
});

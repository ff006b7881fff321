import { BIN, onboardingBody } from '../setup/stack';
import { Scene } from './scene';

const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ policy: { confirmCallbacks: false } });
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

const looks = async (operation: string): Promise<number> =>
  (await scene.stack.control('GET', `/requests?operation=${operation}&limit=10000`)).requests.length;

/** The newest callback of a topic as a flow hears it, under another event id. */
async function lastEvent(topic: string, change: object = {}) {
  const { callbacks } = await scene.stack.control('GET', `/callbacks?topic=${topic}&limit=1`);
  const { data, occurredAt } = callbacks[0].body;
  const { merchantId, merchantOrderNo } = data;
  const event = { eventId: 'again', topic, occurredAt, receivedAt: occurredAt, stale: false, orderNo: merchantOrderNo };
  return { ...event, ref: merchantId, ids: { merchantId }, data, ...change };
}

describe('where the profile lets callbacks stand alone', () => {
  test('audits end by callback, without a query; money is confirmed all the same', async () => {
    await scene.at('ALONE', 'merchant-audit', ONE_CARD);
    const before = { merchant: await looks('getMerchant'), wallet: await looks('getWallet') };
    await scene.audit('merchant', 'ALONE');
    await scene.waiting('ALONE', 'wallet-audit');
    await scene.audit('wallet', 'ALONE');
    await scene.waiting('ALONE', 'recharge-arrival');
    expect({ merchant: await looks('getMerchant'), wallet: await looks('getWallet') }).toEqual(before);
    const movements = await looks('listWalletFlows');
    await scene.pay('ALONE');
    await scene.completed('ALONE');
    expect(await looks('listWalletFlows')).toBeGreaterThan(movements);
  });

  test('a rejection is believed, and so is the approval of the round after it', async () => {
    await scene.at('BELIEVED', 'merchant-audit', ONE_CARD);
    await scene.audit('merchant', 'BELIEVED', 'unreadable');
    const block = await scene.blocked('BELIEVED', 'MERCHANT_REJECTED');
    await scene.act('BELIEVED', 'correct', block, { patch: { merchant: { contactName: 'Lee Ka Ho' } } });
    await scene.reach('BELIEVED', ({ waits, blocks }) => waits.length > 0 && blocks.length === 0);
    await scene.audit('merchant', 'BELIEVED');
    await scene.waiting('BELIEVED', 'wallet-audit');
  });

  test('an old callback is confirmed by query before it counts', async () => {
    await scene.at('OTHER', 'merchant-audit', ONE_CARD);
    await scene.audit('merchant', 'OTHER');
    const { outputs } = await scene.at('STALE', 'merchant-audit', ONE_CARD);
    const { merchantId } = outputs;
    const approval = await lastEvent('merchant-audit');
    expect(approval.data).toMatchObject({ auditStatus: 'APPROVED' });
    await scene.handle('STALE').signal('callback', {
      ...approval,
      stale: true,
      orderNo: 'STALE',
      ref: merchantId,
      data: { ...approval.data, merchantId, merchantOrderNo: 'STALE' },
    });
    await scene.pass('10 seconds');
    expect((await scene.state('STALE')).waits[0]?.step).toBe('merchant-audit');
    expect(await scene.calls('openWallet', 'STALE_OW1')).toBe(0);
    await scene.audit('merchant', 'STALE');
    await scene.waiting('STALE', 'wallet-audit');
  });
});

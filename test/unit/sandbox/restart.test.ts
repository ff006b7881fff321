import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandbox } from '../../../src/sandbox/index';
import { BIN, TestWorld } from './support/world';

let folder: string;
let world: TestWorld;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-restart-'));
  world = await TestWorld.start({ dbFile: join(folder, 'sandbox.db') });
});
afterEach(async () => {
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a restart keeps customers, money, cards, settings, plans, faults and what was called', async () => {
  const { walletId } = await world.fundedWallet('300.00');
  const { cardId = '' } = await world.activeCard(walletId, BIN.prepaid, '50.00');
  await world.control('PUT', '/settings', { issueDelay: 'manual', tokenLifetime: 120 });
  await world.control('POST', '/plans', { step: 'wallet-audit', reason: 'kept' });
  await world.control('PUT', '/faults', {
    seed: 's',
    rules: [{ fault: 'rateLimit', operation: 'openWallet', times: 1 }],
  });
  const paths = ['/ledger', '/settings', '/plans', '/faults', '/callbacks', '/requests', '/state'];
  const before = await Promise.all(paths.map((path) => world.control('GET', path)));
  await world.restart();
  expect(await Promise.all(paths.map((path) => world.control('GET', path)))).toEqual(before);
  await world.falpay.newToken();
  expect(await world.card(cardId)).toMatchObject({ status: 'ACTIVE', cardLimit: '50.00' });
  expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '248.00' });
});

test('after a restart the same order number still gets its first result, and ids go on', async () => {
  const dto = world.merchant();
  const first = await world.falpay.data<string>('/merchant/create', dto);
  await world.restart();
  await world.falpay.newToken();
  expect(await world.falpay.data('/merchant/create', dto)).toBe(first);
  const next = await world.falpay.data<string>('/merchant/create', world.merchant());
  expect(next.slice(0, 10)).toBe(first.slice(0, 10));
  expect(BigInt(next)).toBeGreaterThan(BigInt(first));
});

test('what was to happen by itself happens after the restart', async () => {
  await world.control('PUT', '/settings', { merchantAuditDelay: 3_600_000 });
  const merchantId = await world.falpay.data<string>('/merchant/create', world.merchant());
  await world.sandbox.stop();
  // An hour later: the clock, not a timer, says what is due.
  world.sandbox = createSandbox({ ...world.options, settings: {}, clock: { now: () => Date.now() + 3_600_001 } });
  await world.sandbox.start();
  expect((await world.receiver.next('merchant-audit')).data).toMatchObject({ merchantId, auditStatus: 'APPROVED' });
});

test('a callback that was not acknowledged is sent again after the restart', async () => {
  world.receiver.replies = ['never'];
  await world.falpay.data('/merchant/create', world.merchant());
  await world.receiver.wait(1);
  await world.restart();
  const [first, second] = await world.receiver.wait(2);
  expect(second?.eventId).toBe(first?.eventId);
});

test('the same seed and the same calls give the same ids, another seed gives others', async () => {
  const ids = async (seed: string): Promise<string> => {
    const seeded = await TestWorld.start({ seed });
    try {
      return await seeded.falpay.data<string>('/merchant/create', seeded.merchant());
    } finally {
      await seeded.stop();
    }
  };
  expect(await ids('a')).toBe(await ids('a'));
  expect(await ids('a')).not.toBe(await ids('b'));
});

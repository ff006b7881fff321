import { Circuit, type Outage } from '../../../src/falpay/circuit';
import {
  FalpayAuth,
  FalpayOutcomeUnknown,
  FalpayRejected,
  FalpayUnavailable,
  InvalidInput,
} from '../../../src/falpay/errors';

/** A FalPay that fails with `fault` while there is one, and a clock that stands until it is moved. */
function scene() {
  const world = { now: 1_000_000, fault: undefined as Error | undefined, pings: 0, calls: 0 };
  const told: { outages: Outage[]; recoveries: Outage[] } = { outages: [], recoveries: [] };
  const circuit = new Circuit({
    now: () => world.now,
    random: () => 0.5,
    ping: async () => {
      world.pings += 1;
      if (world.fault) throw world.fault;
    },
    hooks: {
      onOutage: (outage) => told.outages.push(outage),
      onRecovery: (outage) => told.recoveries.push(outage),
    },
  });
  const answer = async (): Promise<string> => {
    world.calls += 1;
    if (world.fault) throw world.fault;
    return 'answered';
  };
  const call = (answered = answer): Promise<string> =>
    circuit.run({ operation: 'getWallet', orderNo: 'M-1' }, answered).catch((error: Error) => error.constructor.name);
  const callTimes = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) await call();
  };
  return { world, told, call, callTimes };
}

const DOWN = new FalpayUnavailable('could not be reached');

test.each([
  ['FalPay that is down', DOWN],
  ['credentials that are refused', new FalpayAuth('our key was refused')],
  ['answers that get lost', new FalpayOutcomeUnknown('the connection broke')],
])('%s: after five failures in a row nothing more is sent, and it is told once', async (_which, fault) => {
  const { world, told, call, callTimes } = scene();
  world.fault = fault;
  await callTimes(100);
  expect(world).toMatchObject({ calls: 5, pings: 0 });
  expect(told.outages).toEqual([{ since: 1_000_000, reason: fault.message }]);
  expect(await call()).toBe('FalpayUnavailable');
});

test('a refusal of the business, or a mistake of ours, is no sign of an outage', async () => {
  const { world, told, callTimes } = scene();
  for (const fault of [
    new FalpayRejected('too little money'),
    new InvalidInput('call', [{ path: '', message: 'x' }]),
  ]) {
    world.fault = fault;
    await callTimes(20);
  }
  expect(world.calls).toBe(40);
  expect(told.outages).toEqual([]);
});

test('failures with an answer between them are single ones', async () => {
  const { world, callTimes } = scene();
  for (let round = 0; round < 10; round += 1) {
    world.fault = DOWN;
    await callTimes(4);
    world.fault = undefined;
    await callTimes(1);
  }
  expect(world).toMatchObject({ calls: 50, pings: 0 });
});

test('one query at a time tries whether FalPay is back, at pauses that grow to half a minute', async () => {
  const { world, callTimes } = scene();
  world.fault = DOWN;
  await callTimes(5);
  const triedAt: number[] = [];
  for (let second = 0; second < 200; second += 1) {
    const before = world.pings;
    await callTimes(20);
    if (world.pings > before) triedAt.push(second);
    expect(world.pings - before).toBeLessThanOrEqual(1);
    world.now += 1_000;
  }
  expect(triedAt).toEqual([1, 3, 7, 15, 31, 61, 91, 121, 151, 181]);
  expect(world.calls).toBe(5);
});

test('while one caller tries, the others go without; when FalPay answers, all calls are sent again', async () => {
  const { world, told, call, callTimes } = scene();
  world.fault = DOWN;
  await callTimes(5);
  world.now += 1_000;
  world.fault = undefined;
  expect(await Promise.all([call(), call(), call()])).toEqual(['answered', 'FalpayUnavailable', 'FalpayUnavailable']);
  expect(world).toMatchObject({ pings: 1, calls: 6 });
  await callTimes(10);
  expect(world).toMatchObject({ pings: 1, calls: 16 });
  expect(told.recoveries).toEqual(told.outages);
});

test('an answer to a call from before the outage says nothing of its end', async () => {
  const { world, told, call, callTimes } = scene();
  let arrives: (answer: string) => void = () => undefined;
  const slow = call(() => new Promise((resolve) => (arrives = resolve)));
  world.fault = DOWN;
  await callTimes(5);
  arrives('answered');
  expect(await slow).toBe('answered');
  await callTimes(20);
  expect(world.calls).toBe(5);
  expect(told).toEqual({ outages: [expect.anything()], recoveries: [] });
});

test('a FalPay that says when it will be back is not asked before', async () => {
  const { world, callTimes } = scene();
  world.fault = new FalpayUnavailable('too many requests', {}, 120_000);
  await callTimes(5);
  world.now += 119_000;
  await callTimes(5);
  expect(world.pings).toBe(0);
  world.now += 1_000;
  await callTimes(5);
  expect(world.pings).toBe(1);
});

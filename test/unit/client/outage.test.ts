import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Client, Connection, ServiceError } from '@temporalio/client';
import { CardflowClient, TemporalUnavailableError } from '../../../src/client';
import { callbackRouter } from '../../../src/client/router';
import { flowContext } from '../../../src/client/context';
import { updateWithin } from '../../../src/client/deadline';
import { companyBody } from '../gateway/parts';

// Takes connections and says nothing: worse than a server that is gone, since only our own limits end the wait.
const sockets: Socket[] = [];
const silent = createServer((socket) => sockets.push(socket));
let connection: Connection;
let temporal: Client;

beforeAll(async () => {
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  // Without the SDK's retries: those still pending when the connection closes would throw into nowhere.
  connection = Connection.lazy({ address, interceptors: [] });
  temporal = new Client({ connection });
});
afterAll(async () => {
  await connection.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
});

describe('while Temporal is away', () => {
  test.each<[string, (client: CardflowClient) => Promise<unknown>]>([
    ['a start', (client) => client.startOnboarding('M-1', companyBody())],
    ['a state', (client) => client.state('onboarding', 'M-1')],
    ['an action', (client) => client.abort('onboarding', 'M-1', { actor: 'a', reason: 'r' })],
    ['a restart', (client) => client.restart('onboarding', 'M-1', { actor: 'a', reason: 'r' })],
    ['a list', (client) => client.list()],
  ])('%s says so within its limit', async (_what, ask) => {
    const limits = { callMs: 100, queryMs: 50, actionMs: 100 };
    const client = new CardflowClient({ temporal, environment: 'test', limits });
    await expect(ask(client)).rejects.toThrow(TemporalUnavailableError);
  });

  test('a callback is not taken, and nobody waits for it longer than its sender does', async () => {
    const router = callbackRouter(flowContext(temporal, 'test'), 100);
    const event = {
      eventId: 'e',
      topic: 'merchant-audit',
      occurredAt: '',
      receivedAt: '',
      stale: false,
      ref: '1',
      ids: {},
      data: {},
    } as const;
    await expect(router.route({ ...event, orderNo: 'M-1' })).rejects.toThrow(TemporalUnavailableError);
    await expect(router.route(event)).rejects.toThrow(TemporalUnavailableError);
  });

  test('what is wrong with the input is told all the same', async () => {
    const client = new CardflowClient({ temporal, environment: 'test' });
    await expect(client.startOnboarding('M_1', companyBody())).rejects.toThrow(/merchantOrderNo: must be 1 to 40/);
    await expect(client.startOnboarding('M-1', {})).rejects.toThrow(/merchant: is required/);
  });

  test('it is not ready', async () => {
    expect(await new CardflowClient({ temporal, environment: 'test' }).isReady()).toBe(false);
  });
});

describe('an Update that Temporal let go of, with the task that carried it,', () => {
  const letGo = () => {
    const cause = Object.assign(new Error('unexpected workflow task failure'), { code: 9, details: '', metadata: {} });
    return new ServiceError('Workflow Update failed', { cause });
  };

  test('is sent again', async () => {
    let sent = 0;
    const answer = updateWithin(temporal, 60_000, async () => {
      sent += 1;
      if (sent < 3) throw letGo();
      return 'taken';
    });
    expect([await answer, sent]).toEqual(['taken', 3]);
  });

  test('is not sent for ever', async () => {
    const answer = updateWithin(temporal, 60_000, () => Promise.reject(letGo()));
    await expect(answer).rejects.toThrow(/Temporal cannot be used now: unexpected workflow task failure/);
  });

  test('unlike one that is refused', async () => {
    let sent = 0;
    const refused = updateWithin(temporal, 60_000, async () => {
      sent += 1;
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect(sent).toBe(1);
  });
});

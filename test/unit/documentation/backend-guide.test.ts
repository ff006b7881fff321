/** docs/backend.md: its receiver runs, and its tables name what there is. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import ts from 'typescript';
import { Webhook } from '../../../src/activities/webhook';
import { DEFAULT_WAITS } from '../../../src/config/timings';
import { EVENT_TYPES, type BackendEvent } from '../../../src/messages';

const page = readFileSync(join(__dirname, '../../../docs/backend.md'), 'utf8');
const secret = randomBytes(32);

/** The receiver of the page as it stands there; what it is to remember is kept. */
function receiver(remembered: unknown[]): Server {
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const made: { server?: Server } = {};
  const env = { BACKEND_WEBHOOK_SECRET: `whsec_${secret.toString('base64')}` };
  const remember = async (id: string, event: unknown) => void remembered.push({ id, ...(event as object) });
  new Function('require', 'exports', 'process', 'remember', outputText)(require, made, { env }, remember);
  if (!made.server) throw new Error('the page exports no server');
  return made.server;
}

test('the receiver of the page takes what Cardflow pushes, and refuses what another secret has signed', async () => {
  const remembered: unknown[] = [];
  const server = receiver(remembered);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const event: BackendEvent = {
      id: 'onboarding:M-1:1a2b3c4d:1',
      type: 'flow.blocked',
      timestamp: new Date().toISOString(),
      data: { flow: { kind: 'onboarding', number: 'M-1' }, run: '1a2b3c4d', sequence: 1 },
    };
    expect(await new Webhook({ url, secrets: [secret] }).push(event)).toEqual({ status: 204 });
    expect(remembered).toEqual([event]);
    expect(await new Webhook({ url, secrets: [randomBytes(32)] }).push(event)).toEqual({ status: 400 });
    expect(remembered).toHaveLength(1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('the page names every type of event', () => {
  expect(EVENT_TYPES.filter((type) => !page.includes(`\`${type}\``))).toEqual([]);
});

test('the page tells the pauses and the deadline that are built in', () => {
  const { ladderMs, deadlineMs } = DEFAULT_WAITS.delivery;
  expect(ladderMs.map((ms) => ms / 1_000)).toEqual([5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600]);
  expect(deadlineMs).toBe(3 * 86_400_000);
  expect(page.replaceAll(/\s+/g, ' ')).toContain(
    'after 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 2 h, 4 h and then every 6 h, each pause a fifth shorter or longer, for three days',
  );
});

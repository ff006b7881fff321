/** What an operator has before them: a Temporal server with its UI, a whole Cardflow, and flows in need of a person, the same ones every time. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { startDevServer } from '../../src/bootstrap/dev-server';
import { Guardian } from '../../src/bootstrap/guardian';
import { anyFreePort } from '../../src/bootstrap/ports';
import { reportToStderr } from '../../src/bootstrap/report';
import { acquireTemporalServer } from '../../src/bootstrap/temporal-server';
import type { BlockReason, BlockState } from '../../src/messages';
import { onboardingBody } from '../setup/example';
import { BIN, startStack, type Stack } from '../setup/stack';
import { workflowBundle } from '../setup/temporal';

const NAMESPACE = 'default';

export interface Operations {
  readonly stack: Stack;
  readonly temporalAddress: string;
  readonly environment: string;
  /** The Temporal UI's page of the flows that a query finds. */
  listPage(query: string): string;
  /** The Temporal UI's page of a flow. */
  flowPage(workflowId: string): string;
  stop(): Promise<void>;
}

/** Everything on free ports of this machine; only a server with a UI will do, so that one of our own is started. */
export async function startOperations(): Promise<Operations> {
  const guardian = new Guardian();
  const folder = mkdtempSync(join(tmpdir(), 'cardflow-operations-'));
  guardian.removeAtEnd(folder);
  const found = await acquireTemporalServer({ env: {}, report: reportToStderr, guardian });
  if (found.kind === 'running') throw new Error('a server of our own is needed: its UI is looked at');
  const server = await startDevServer({
    binary: found.path,
    port: await anyFreePort(),
    uiPort: await anyFreePort(),
    dbFile: join(folder, 'temporal.db'),
    logFile: join(folder, 'temporal.log'),
    guardian,
  });
  const connection = await Connection.connect({ address: server.address });
  const nativeConnection = await NativeConnection.connect({ address: server.address });
  const environment = 'local';
  const stack = await startStack(
    { connection, nativeConnection, namespace: NAMESPACE, environment },
    { bundle: workflowBundle() },
  );
  const pages = `${server.ui}/namespaces/${NAMESPACE}/workflows`;
  return {
    stack,
    temporalAddress: server.address,
    environment,
    listPage: (query) => `${pages}?query=${encodeURIComponent(query)}`,
    flowPage: (workflowId) => `${pages}/${encodeURIComponent(workflowId)}`,
    async stop() {
      await stack.stop();
      await nativeConnection.close();
      await connection.close();
      await server.process.stop();
      await guardian.dismiss();
    },
  };
}

const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });

/** A merchant whose papers FalPay rejected. */
export async function rejectedMerchant(stack: Stack, number: string): Promise<BlockState> {
  await stack.start(number, onboardingBody());
  await stack.reach(number, ({ waits }) => waits.length > 0);
  await stack.control('POST', `/audits/merchants/${number}`, {
    decision: 'REJECTED',
    reason: '营业执照不清晰',
  });
  return blockOf(stack, number, 'MERCHANT_REJECTED');
}

/** A recharge order whose answer got lost: FalPay has it, and no query shows it. */
export async function lostRecharge(stack: Stack, number: string): Promise<BlockState> {
  // What another flow has met already must not meet it again.
  const { rules } = (await stack.control('GET', '/faults')) as { rules: { rule: object; fired: number }[] };
  const pending = rules.filter(({ fired }) => fired === 0).map(({ rule }) => rule);
  await stack.control('PUT', '/faults', {
    rules: [...pending, { operation: 'createRecharge', orderNo: `${number}_OR1`, fault: 'resetAfterCommit', times: 1 }],
  });
  await stack.start(number, ONE_CARD);
  await stack.reach(number, ({ waits }) => waits.length > 0);
  await stack.control('POST', `/audits/merchants/${number}`, { decision: 'APPROVED' });
  await stack.reach(number, ({ waits }) => waits[0]?.topic === 'wallet-audit');
  await stack.control('POST', `/audits/wallets/${number}_OW1`, { decision: 'APPROVED' });
  return blockOf(stack, number, 'OUTCOME_UNKNOWN');
}

async function blockOf(stack: Stack, number: string, reason: BlockReason): Promise<BlockState> {
  const { blocks } = await stack.reach(number, (state) => state.blocks.some((block) => block.reason === reason));
  return blocks.find((block) => block.reason === reason) as BlockState;
}

/** 修改卡钱包状态. It has no number and no callback: only 查询卡钱包信息 tells whether it was done. */
import type { WalletStatusChangeBody } from '../../messages';
import type { Correction } from '../flow/correction';
import { askForCorrection } from '../flow/correction';
import type { Flow } from '../flow/flow';
import { place } from '../flow/order';
import { read } from '../flow/read';
import type { Verdict } from '../flow/watch';
import { hold, watch } from '../flow/watch';

const STEP = 'change-status';
const TOPIC = 'wallet-status';
/** What FalPay refuses here (a wallet that is not empty, or closed) the backend cannot mend by other data. */
const REFUSED: Correction = { reason: 'INVALID', at: '', patchable: ['status', 'reason'] };

type StatusFlow = Flow<WalletStatusChangeBody>;

/** @returns the wallet's status as FalPay shows it in the end */
export async function changeWalletStatus(flow: StatusFlow): Promise<string> {
  for (let round = 1; ; round += 1) {
    flow.record.begin(STEP);
    if ((await look(flow)).is === 'settled' || (await order(flow, round))) break;
  }
  flow.record.end(STEP, 'DONE', flow.body.status);
  return flow.body.status;
}

/** @returns false when FalPay refused it, or an operator wants it asked anew */
async function order(flow: StatusFlow, round: number): Promise<boolean> {
  const { walletId, status, reason } = flow.body;
  const label = `${flow.input.number} (${walletId} → ${status}, ${round})`;
  const placed = await place<true>(flow, {
    step: STEP,
    operation: 'updateWalletStatus',
    orderNo: label,
    send: (calls, permit) => calls.updateWalletStatus({ change: { walletId, status, reason }, label, permit }),
    lookUp: async (calls) => {
      const { run, found } = await calls.findWallet({ walletId });
      return { run, found: found?.status === status ? true : null };
    },
    fromRef: async () => true,
    wait: { name: TOPIC, topic: TOPIC },
  });
  if (placed.is === 'refused') {
    await askForCorrection(flow, STEP, REFUSED, placed.refusal);
    return false;
  }
  const outcome = await watch<void>(flow, {
    step: STEP,
    name: TOPIC,
    topic: TOPIC,
    ref: walletId,
    askNow: true,
    query: () => look(flow),
    concerns: () => false,
    hear: () => 'known',
    resolved: async () => undefined,
    endsNotDone: true,
  });
  flow.openOrders.delete(label);
  return outcome.is === 'settled';
}

async function look(flow: StatusFlow): Promise<Verdict<void>> {
  const { walletId, status } = flow.body;
  for (;;) {
    const { found } = await read(flow, STEP, `status of wallet ${walletId}`, (calls) => calls.findWallet({ walletId }));
    if (found) {
      flow.record.outputs.walletStatus = found.status;
      return found.status === status ? { is: 'settled', value: undefined } : { is: 'open' };
    }
    await hold(flow, STEP, {
      reason: 'INVALID',
      message: `walletId: FalPay has no wallet ${walletId}`,
      actions: ['retry'],
    });
  }
}

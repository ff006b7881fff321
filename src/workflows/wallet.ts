import { log, makeContinueAsNewFunc, setHandler, workflowInfo } from '@temporalio/workflow';
import type { FlowInput, FlowState } from '../messages';
import { reconciledSignal, registerSignal, SEARCH_ATTRIBUTES } from '../messages';
import { beginFlow } from './flow/begin';
import { now } from './flow/record';
import type { CarriedRegister } from './wallet/register';
import { newRegister, shownRegister, withNews, withReconciled } from './wallet/register';

const REGISTER = 'register';
/** A run is replayed whole whenever a worker takes it up: so each stays short, long before Temporal suggests it. */
const NEWS_PER_RUN = 500;

export interface WalletBody {
  /** As the run before this one left it. */
  readonly register?: CarriedRegister;
}

/**
 * The register of a wallet: merchant, cards, order numbers used, and the day up to which it is reconciled. It never ends by itself; where it is
 * ended, the next news begin it anew, and reconciliations find by FalPay's books what it has forgotten.
 */
export async function wallet(input: FlowInput<WalletBody>): Promise<FlowState> {
  const flow = beginFlow('wallet', input, [REGISTER]);
  let register = input.body.register ?? newRegister(input.number, now());
  let told = 0;
  const show = (changed: CarriedRegister) => {
    register = changed;
    flow.record.outputs.wallet = shownRegister(register);
    flow.know({
      walletId: register.walletId,
      ...(register.merchantId !== undefined && { merchantId: register.merchantId }),
    });
  };
  show(register);
  flow.record.begin(REGISTER, input.number);
  // Before the first await: whoever starts it has a message for it. One sent by hand from the Temporal UI may be anything.
  const hear = <News extends object>(
    news: News,
    change: (register: CarriedRegister, news: News) => CarriedRegister,
  ) => {
    if (typeof news !== 'object' || news === null) return log.warn('a message that is none for a register was ignored');
    told += 1;
    show(change(register, news));
    flow.show();
  };
  setHandler(registerSignal, (news) => hear(news, withNews), {
    description: 'orders and cards of the wallet, as flows tell them; told twice they stand there once',
  });
  setHandler(reconciledSignal, (result) => hear(result, withReconciled), {
    description: 'how far the wallet is reconciled, and the orders that are settled',
  });
  let goesOn = false;
  const state = await flow.run(
    async () => {
      const most = flow.policy.registerNewsPerRun ?? NEWS_PER_RUN;
      const full = () => told >= most || workflowInfo().continueAsNewSuggested;
      await flow.until(full, Infinity, '');
      goesOn = true;
      return {};
    },
    () => Promise.resolve({ openOrders: [] }),
  );
  return goesOn && !flow.aborting ? goOn({ ...input, body: { register } }) : state;
}

/** The next run begins as one that news have started: nothing of this run's end may show on it. */
const goOn = makeContinueAsNewFunc<typeof wallet>({
  typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.FlowStage, value: 'RUNNING' }],
});

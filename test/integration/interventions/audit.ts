/** Whether FalPay's books and its log of calls show what they should: each order once, nothing for nothing, no money astray. */
import type { FlowState, Residue } from '../../../src/messages';
import type { Arrived, Bookkeeper, Books, BookedRecharge } from './books';
import { isOf } from './books';
import type { Expected } from './journeys';

const NUMBERED = [
  'createMerchant',
  'openWallet',
  'createRecharge',
  'createWithdrawal',
  'createCardholder',
  'applyCard',
];

export class CallLog {
  private constructor(private readonly calls: ReadonlyMap<string, readonly Arrived[]>) {}

  /** As of now: read once for many flows. */
  static async read(bookkeeper: Bookkeeper): Promise<CallLog> {
    const each = NUMBERED.map(async (operation) => [operation, await bookkeeper.arrived(operation)] as const);
    return new CallLog(new Map(await Promise.all(each)));
  }

  /** Orders of a flow that were sent more than once. */
  sentTwice(number: string): readonly string[] {
    return [...this.calls].flatMap(([operation, calls]) => {
      const ours = calls
        .filter((one) => isOf(number, one.orderNo) && mayHaveCreated(one))
        .map(({ orderNo }) => orderNo);
      return ours.filter((orderNo, index) => ours.indexOf(orderNo) !== index).map((one) => `${operation} ${one} again`);
    });
  }
}

/** What FalPay refused created nothing, however often; what broke off before it was read may have, for all that the caller knows. */
function mayHaveCreated({ status, code }: Arrived): boolean {
  return code === '200' || (code === undefined && (status === undefined || status >= 500));
}

/** What of a completed flow is not as it should be. */
export function faultsOf(books: Books, number: string, state: FlowState, expected: Expected): readonly string[] {
  const recharges = books.recharges.filter(({ rechargeOrderNo }) => isOf(number, rechargeOrderNo));
  const found: Required<Expected> = {
    merchants: books.merchants.filter(({ merchantOrderNo }) => isOf(number, merchantOrderNo)).length,
    approvedWallets: books.wallets.filter((one) => isOf(number, one.walletOrderNo) && one.auditStatus === 'APPROVED')
      .length,
    paidIn: recharges.map(grossOf).reduce((sum, gross) => sum + gross, 0),
    activeCards: books.cards.filter(({ cardOrderNo, status }) => isOf(number, cardOrderNo) && status === 'ACTIVE')
      .length,
    paidOut: books.withdrawals.filter((one) => isOf(number, one.withdrawOrderNo) && one.status === 'SUCCESS').length,
  };
  const { paidOut = 0, ...rest } = expected;
  const wanted = { ...rest, paidOut: paidOut > 0 ? 1 : 0 };
  const faults = Object.entries(wanted)
    .filter(([what, amount]) => found[what as keyof Expected] !== amount)
    .map(([what, amount]) => `${what}: ${found[what as keyof Expected]} instead of ${amount}`);
  const open = openOrders(books, number);
  if (open.length > 0) faults.push(`left open: ${open.join(', ')}`);
  const told = state.outputs.recharge && creditedBy(state);
  const booked = () =>
    recharges.map((one) => `${one.rechargeOrderNo} ${one.status} ${grossOf(one)} of ${one.amount}`).join(', ');
  if (told !== undefined && told !== found.paidIn) faults.push(`the flow tells ${told} credited of ${booked()}`);
  const cards = state.outputs.cards.filter(({ cardId }) => !books.cards.some((card) => card.cardId === cardId));
  if (cards.length > 0) faults.push(`cards that FalPay has not: ${cards.map(({ cardOrderNo }) => cardOrderNo).join()}`);
  return faults;
}

/** What of an aborted flow's residue is not true. */
export function untruthsOf(books: Books, number: string, { merchantId, walletId, balance, openOrders: told }: Residue) {
  const untrue: string[] = [];
  const merchant = books.merchants.find(({ merchantOrderNo }) => merchantOrderNo === number);
  if (merchant && merchantId !== merchant.merchantId) untrue.push(`merchant ${merchant.merchantId} is not told`);
  const wallets = books.wallets.filter(({ walletOrderNo }) => isOf(number, walletOrderNo));
  const wallet = wallets.at(-1) ?? books.wallets.find((one) => one.walletId === walletId);
  if (wallet && walletId !== wallet.walletId && wallet.auditStatus !== 'REJECTED')
    untrue.push(`wallet ${wallet.walletOrderNo} is not told`);
  if (wallet && walletId === wallet.walletId) {
    const available = typeof balance === 'object' ? balance.available : balance;
    if (available !== wallet.availableBalance) untrue.push(`balance ${available} is ${wallet.availableBalance}`);
  }
  for (const open of openOrders(books, number)) if (!told.includes(open)) untrue.push(`${open} is open and not told`);
  const ended = endedOrders(books, number);
  for (const orderNo of told) if (ended.includes(orderNo)) untrue.push(`${orderNo} is told as open and has ended`);
  return untrue;
}

/** Orders on which FalPay may still act. */
function openOrders(books: Books, number: string): readonly string[] {
  return orders(books)
    .filter(({ orderNo, isOpen }) => isOpen && isOf(number, orderNo))
    .map(({ orderNo }) => orderNo);
}

/** A rejection is no end: it may be taken back, and a rejected merchant corrected. A card can be issued while the flow is being ended. */
function endedOrders(books: Books, number: string): readonly string[] {
  return orders({ ...books, cards: [] })
    .filter(({ orderNo, isOpen, isRejected }) => !isOpen && !isRejected && isOf(number, orderNo))
    .map(({ orderNo }) => orderNo);
}

function orders({ merchants, wallets, recharges, withdrawals, cards }: Books) {
  const told = (orderNo: string, status: string) => ({
    orderNo,
    isOpen: status === 'PENDING' || status === 'PROCESSING',
    isRejected: status === 'REJECTED',
  });
  return [
    ...merchants.map((one) => told(one.merchantOrderNo, one.auditStatus)),
    ...wallets.map((one) => told(one.walletOrderNo, one.auditStatus)),
    ...recharges.map((one) => told(one.rechargeOrderNo, one.status)),
    ...withdrawals.map((one) => told(one.withdrawOrderNo, one.status)),
    ...cards.map((one) => told(one.cardOrderNo, one.status)),
  ];
}

function grossOf({ received }: BookedRecharge): number {
  return Number(Object.values(received)[0]?.gross ?? 0);
}

/** The bank takes no fee here: what came in is what was credited. */
function creditedBy({ outputs: { recharge, earlierRecharges = [] } }: FlowState): number {
  return [...earlierRecharges, recharge].reduce((sum, order) => sum + Number(order?.credited ?? 0), 0);
}

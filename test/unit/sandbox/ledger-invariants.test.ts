import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { pino } from 'pino';
import { loadProfile } from '../../../src/falpay/contract/profile';
import { authorize, refund, reverse, settle } from '../../../src/sandbox/business/authorizations';
import { applyCard, changeCardStatus, failCard, issueCard } from '../../../src/sandbox/business/cards';
import { chargeMonthlyFee } from '../../../src/sandbox/business/fees';
import { decreaseCardLimit, increaseCardLimit } from '../../../src/sandbox/business/limits';
import { createRecharge, failRecharge, receiveRecharge } from '../../../src/sandbox/business/recharges';
import { createWithdrawal, finishWithdrawal } from '../../../src/sandbox/business/withdrawals';
import { createMerchant, decideMerchantAudit } from '../../../src/sandbox/business/merchants';
import { decideWalletAudit, openWallet } from '../../../src/sandbox/business/wallets';
import { statement } from '../../../src/sandbox/ledger/statement';
import { Refusal } from '../../../src/sandbox/refusal';
import { Sandbox } from '../../../src/sandbox/sandbox';
import { Database } from '../../../src/sandbox/store/database';
import { WireCodec } from '../../../src/sandbox/wire/codec';
import type { World } from '../../../src/sandbox/world';
import { BIN, BY_HAND } from './support/world';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const profile = loadProfile();

interface Bench {
  readonly world: World;
  readonly walletIds: readonly string[];
  readonly close: () => void;
}

function bench(): Bench {
  const database = new Database(undefined);
  let now = 1_770_000_000_000;
  const { world } = new Sandbox({
    database,
    clock: { now: () => (now += 1) },
    log: pino({ level: 'silent' }),
    voice: { profile, platformKey: privateKey, codec: new WireCodec(profile) },
    clientKey: publicKey,
    client: { id: '1', secret: 's' },
    seed: 'property',
    settings: BY_HAND,
  });
  const walletIds = database.transaction(() => {
    const merchantId = createMerchant(world, {
      merchantOrderNo: 'M',
      merchantType: 'PERSON',
      contactName: 'A',
      contactPhone: '12345',
      contactEmail: 'a@b.example',
    });
    const merchant = world.merchants.byId(merchantId);
    if (merchant === undefined) throw new Error('no merchant');
    decideMerchantAudit(world, merchant, { decision: 'APPROVED' });
    return ['W1', 'W2'].map((walletOrderNo) => {
      const { walletId } = openWallet(world, { walletOrderNo, merchantId, currency: 'USD' });
      const wallet = world.wallets.byId(walletId);
      if (wallet === undefined) throw new Error('no wallet');
      decideWalletAudit(world, wallet, { decision: 'APPROVED' });
      return walletId;
    });
  });
  return { world, walletIds, close: () => database.close() };
}

/** Money in each wallet and a card of each kind, so that what comes next is not refused at once. */
function furnish({ world, walletIds }: Bench): void {
  for (const walletId of walletIds) {
    const { orderNo } = createRecharge(world, {
      rechargeOrderNo: `R-${walletId}`,
      walletId,
      amount: '1000.00',
      currency: 'USD',
      methodCode: 'BANK_TRANSFER',
    });
    const recharge = world.recharges.byId(orderNo);
    if (recharge === undefined) throw new Error('no recharge');
    receiveRecharge(world, recharge, {});
    for (const binId of [BIN.share, BIN.prepaid]) {
      const { cardId } = applyCard(world, {
        cardOrderNo: `C-${binId}-${walletId}`,
        walletId,
        binId,
        cardLimit: '400.00',
        currency: 'USD',
      });
      const card = world.cards.byId(cardId);
      if (card === undefined) throw new Error('no card');
      issueCard(world, card);
    }
  }
}

interface Step {
  readonly what: (typeof KINDS)[number];
  /** Picks what it is done to, among those there are. */
  readonly pick: number;
  readonly cents: number;
  readonly flag: boolean;
}

const KINDS = [
  'recharge',
  'arrival',
  'failRecharge',
  'withdraw',
  'finishWithdrawal',
  'apply',
  'issue',
  'failCard',
  'status',
  'limit',
  'fee',
  'pay',
  'settle',
  'reverse',
  'refund',
] as const;
const anyStep: fc.Arbitrary<Step> = fc.record({
  // Payments are what most of the others need.
  what: fc.constantFrom(...KINDS, 'pay', 'pay', 'pay', 'settle', 'settle'),
  pick: fc.nat(1_000),
  cents: fc.integer({ min: 1, max: 15_000 }),
  flag: fc.boolean(),
});

function perform({ world, walletIds }: Bench, { what, pick, cents, flag }: Step, index: number): void {
  const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
  const one = <T>(all: readonly T[]): T => {
    const found = all[pick % all.length];
    if (found === undefined) throw new Refusal('NOT_FOUND', 'there is none yet');
    return found;
  };
  const walletId = one(walletIds);
  const card = () => one(world.cards.all());
  const auth = () => {
    const order = one(world.payOrders.all().filter(({ type }) => type === 'AUTH'));
    const its = world.cards.byId(order.cardId);
    if (its === undefined) throw new Error('an authorisation without a card');
    return [its, order] as const;
  };
  const number = `N-${index}`;
  switch (what) {
    case 'recharge':
      return void createRecharge(world, {
        rechargeOrderNo: number,
        walletId,
        amount,
        currency: 'USD',
        methodCode: flag ? 'CRYPTO' : 'BANK_TRANSFER',
      });
    case 'arrival':
      return void receiveRecharge(world, one(world.recharges.all()), {
        amount,
        currency: pick % 7 === 0 ? 'EUR' : undefined,
        final: flag ? undefined : false,
      });
    case 'failRecharge':
      return void failRecharge(world, one(world.recharges.all()));
    case 'withdraw':
      return void createWithdrawal(world, {
        withdrawOrderNo: number,
        walletId,
        amount,
        currency: 'USD',
        payee: { accountName: 'A', accountNo: '1' },
      });
    case 'finishWithdrawal':
      return void finishWithdrawal(world, one(world.withdrawals.all()), flag ? undefined : 'closed');
    case 'apply':
      return void applyCard(world, {
        cardOrderNo: number,
        walletId,
        binId: flag ? BIN.share : BIN.prepaid,
        cardLimit: amount,
        currency: 'USD',
      });
    case 'issue':
      return void issueCard(world, card());
    case 'failCard':
      return void failCard(world, card(), 'closed');
    case 'status':
      return void changeCardStatus(
        world,
        card(),
        (['ACTIVE', 'FROZEN', 'CANCELLED', 'EXPIRED'] as const)[cents % 4] ?? 'FROZEN',
      );
    case 'limit': {
      const dto = { limitOrderNo: number, cardId: card().cardId, amount, currency: 'USD' };
      return void (flag ? increaseCardLimit(world, dto) : decreaseCardLimit(world, dto));
    }
    case 'fee':
      return chargeMonthlyFee(world, card());
    case 'pay':
      return void authorize(world, card(), {
        amount,
        currency: 'USD',
        billingAmount: amount,
        fee: flag ? '0.30' : '0',
        merchantName: 'Shop',
        mcc: '5999',
      });
    case 'settle':
      return void settle(world, ...auth(), { amount: flag ? amount : undefined, isFinal: pick % 3 !== 0 });
    case 'reverse':
      return void reverse(world, ...auth(), flag ? amount : undefined);
    case 'refund':
      return void refund(world, ...auth(), flag ? amount : undefined);
  }
}

test('whatever is done in whatever order, every cent is accounted for', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 1, maxLength: 80, size: 'max' }), (steps) => {
      const all = bench();
      try {
        all.world.database.transaction(() => furnish(all));
        for (const [index, step] of steps.entries()) {
          try {
            all.world.database.transaction(() => perform(all, step, index));
            seen.set(step.what, (seen.get(step.what) ?? 0) + 1);
          } catch (error) {
            // A refusal is an answer, and must have left no trace. Anything else is a fault.
            if (!(error instanceof Refusal)) throw error;
          }
        }
        expect(statement(all.world).violations).toEqual([]);
      } finally {
        all.close();
      }
    }),
    { numRuns: 40 },
  );
  // The property is worth something only if each kind of step really happens.
  expect([...KINDS].filter((kind) => (seen.get(kind) ?? 0) === 0)).toEqual([]);
}, 60_000);

test('an arrival that its fee swallows whole leaves a row that says so', () => {
  const { world, walletIds, close } = bench();
  const walletId = walletIds[0] ?? '';
  const { orderNo } = createRecharge(world, {
    rechargeOrderNo: 'R',
    walletId,
    amount: '20.00',
    currency: 'USD',
    methodCode: 'CRYPTO',
  });
  const recharge = world.recharges.byId(orderNo);
  if (recharge === undefined) throw new Error('no recharge');
  expect(receiveRecharge(world, recharge, { amount: '0.30' }).received).toEqual({
    USD: { gross: '0.30', fee: '0.30', credited: '0.00' },
  });
  expect(world.flows.ownedBy(walletId)).toMatchObject([{ amount: '0.00', fee: '0.30', balanceAfter: '0.00' }]);
  expect(statement(world).violations).toEqual([]);
  close();
});

test('a cent that vanishes is found', () => {
  const all = bench();
  const { world, walletIds } = all;
  const walletId = walletIds[0] ?? '';
  const { orderNo } = createRecharge(world, {
    rechargeOrderNo: 'R',
    walletId,
    amount: '100.00',
    currency: 'USD',
    methodCode: 'BANK_TRANSFER',
  });
  const recharge = world.recharges.byId(orderNo);
  if (recharge === undefined) throw new Error('no recharge');
  receiveRecharge(world, recharge, {});
  expect(statement(world)).toMatchObject({ balanced: true, totals: { USD: { inside: '100', outside: '100' } } });
  world.database.run(`UPDATE account SET balance = '99.99' WHERE name = ?`, [`wallet:${walletId}:available`]);
  const { balanced, violations } = statement(world);
  expect(balanced).toBe(false);
  expect(violations.join('\n')).toContain(
    `wallet:${walletId}:available USD: the balance against its postings: 99.99 instead of 100`,
  );
  all.close();
});

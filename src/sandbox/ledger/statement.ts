/** What an account holds, and whether everything adds up (`GET /sandbox/ledger`). */
import type { Decimal } from 'decimal.js';
import { available, cardAvailable, cardHeld, FEES, frozen } from '../business/accounts';
import { priceOf } from '../business/cards';
import type { World } from '../world';
import { decimal, mayGoBelowZero } from './ledger';

export interface Statement {
  readonly balanced: boolean;
  readonly accounts: readonly { readonly account: string; readonly currency: string; readonly balance: string }[];
  /** By currency: what the outside world put in less what it took, which is what wallets, cards and fees hold together. */
  readonly totals: Readonly<Record<string, { readonly inside: string; readonly outside: string }>>;
  readonly transfers: number;
  /** Each rule that does not hold, with where and by how much; empty when all is well. */
  readonly violations: readonly string[];
}

class Sums {
  private readonly sums = new Map<string, Decimal>();

  add(key: string, amount: string | Decimal): void {
    this.sums.set(key, this.of(key).plus(amount));
  }

  of(key: string): Decimal {
    return this.sums.get(key) ?? decimal('0');
  }

  keys(): readonly string[] {
    return [...this.sums.keys()];
  }
}

export function statement(world: World): Statement {
  const accounts = world.database
    .all('SELECT name, currency, balance FROM account ORDER BY name, currency')
    .map((row) => ({
      account: String(row['name']),
      currency: String(row['currency']),
      balance: String(row['balance']),
    }));
  const balances = new Sums();
  for (const { account, currency, balance } of accounts) balances.add(`${account} ${currency}`, balance);
  const violations = [
    ...postingsAddUp(world, balances),
    ...accounts
      .filter(
        ({ account, balance }) =>
          !mayGoBelowZero(account) && decimal(balance).isNegative() && !decimal(balance).isZero(),
      )
      .map(({ account, currency, balance }) => `${account} is below zero: ${balance} ${currency}`),
    ...rowsMatchWallets(world, balances),
    ...frozenIsAccountedFor(world, balances),
    ...cardsMatchTheirLimits(world, balances),
    ...feesAreAccountedFor(world, balances),
  ];
  return {
    balanced: violations.length === 0,
    accounts,
    totals: totalsOf(accounts),
    transfers: count(world),
    violations,
  };
}

/** Each transfer adds up to zero in each currency, and each balance is the sum of its postings. */
function postingsAddUp(world: World, balances: Sums): readonly string[] {
  const perTransfer = new Sums();
  const perAccount = new Sums();
  for (const row of world.database.all('SELECT transfer_id, account, currency, amount FROM posting')) {
    perTransfer.add(`transfer ${String(row['transfer_id'])} ${String(row['currency'])}`, String(row['amount']));
    perAccount.add(`${String(row['account'])} ${String(row['currency'])}`, String(row['amount']));
  }
  const accounts = new Set([...balances.keys(), ...perAccount.keys()]);
  return [
    ...perTransfer.keys().flatMap((key) => differs(`${key}: the postings`, perTransfer.of(key), decimal('0'))),
    ...[...accounts].flatMap((key) =>
      differs(`${key}: the balance against its postings`, balances.of(key), perAccount.of(key)),
    ),
  ];
}

/** The rows of a wallet's flow add up to what it holds, and the last one says so. */
function rowsMatchWallets(world: World, balances: Sums): readonly string[] {
  return world.wallets.all().flatMap(({ walletId }) => {
    const sums = new Sums();
    const last = new Map<string, string>();
    for (const { direction, amount, currency, balanceAfter } of world.flows.ownedBy(walletId)) {
      sums.add(currency, direction === 'IN' ? amount : decimal(amount).neg());
      last.set(currency, balanceAfter);
    }
    return sums.keys().flatMap((currency) => {
      const held = balances
        .of(`${available(walletId)} ${currency}`)
        .plus(balances.of(`${frozen(walletId)} ${currency}`));
      return [
        ...differs(`wallet ${walletId} ${currency}: what it holds against its rows`, held, sums.of(currency)),
        ...differs(
          `wallet ${walletId} ${currency}: what it holds against balanceAfter`,
          held,
          decimal(last.get(currency) ?? '0'),
        ),
      ];
    });
  });
}

/** Whatever is set aside is set aside for something: a withdrawal, a card to come, a payment of a shared card. */
function frozenIsAccountedFor(world: World, balances: Sums): readonly string[] {
  const wanted = new Sums();
  for (const order of world.withdrawals.all()) {
    if (order.status === 'PROCESSING')
      wanted.add(`${frozen(order.walletId)} ${order.currency}`, decimal(order.amount).plus(order.fee));
  }
  for (const card of world.cards.all()) {
    if (card.status === 'PENDING') wanted.add(`${frozen(card.walletId)} ${card.currency}`, priceOf(card));
  }
  for (const order of world.payOrders.all()) {
    const isPrepaid = world.cards.byId(order.cardId)?.cardMode === 'PREPAID';
    wanted.add(`${isPrepaid ? cardHeld(order.cardId) : frozen(order.walletId)} ${order.billingCurrency}`, order.held);
  }
  const names = new Set([...wanted.keys(), ...balances.keys().filter((key) => /:(frozen|held) /.test(key))]);
  return [...names].flatMap((key) =>
    differs(`${key}: what is set aside against what it is for`, balances.of(key), wanted.of(key)),
  );
}

/** A prepaid card holds what its limit leaves; no card's use is below zero. */
function cardsMatchTheirLimits(world: World, balances: Sums): readonly string[] {
  return world.cards.all().flatMap((card) => {
    const below = decimal(card.usedAmount).lt(0)
      ? [`card ${card.cardId}: usedAmount is below zero: ${card.usedAmount}`]
      : [];
    if (card.cardMode !== 'PREPAID' || card.status === 'PENDING' || card.status === 'FAILED') return below;
    const left = decimal(card.cardLimit).minus(card.usedAmount);
    return [
      ...below,
      ...differs(
        `card ${card.cardId}: what it holds against its limit`,
        balances.of(`${cardAvailable(card.cardId)} ${card.currency}`),
        left,
      ),
    ];
  });
}

/** What FalPay earned is what its orders say it took. */
function feesAreAccountedFor(world: World, balances: Sums): readonly string[] {
  const taken = new Sums();
  for (const flow of world.flows.all()) taken.add(`${FEES} ${flow.currency}`, flow.fee);
  for (const fee of world.feeOrders.all()) taken.add(`${FEES} ${fee.currency}`, fee.amount);
  const names = new Set([...taken.keys(), ...balances.keys().filter((key) => key.startsWith(`${FEES} `))]);
  return [...names].flatMap((key) =>
    differs(`${key}: what it holds against the fees taken`, balances.of(key), taken.of(key)),
  );
}

function totalsOf(accounts: Statement['accounts']): Statement['totals'] {
  const inside = new Sums();
  const outside = new Sums();
  for (const { account, currency, balance } of accounts)
    (mayGoBelowZero(account) ? outside : inside).add(currency, balance);
  const currencies = [...new Set([...inside.keys(), ...outside.keys()])].toSorted();
  return Object.fromEntries(
    currencies.map((currency) => [
      currency,
      { inside: inside.of(currency).toFixed(), outside: outside.of(currency).neg().toFixed() },
    ]),
  );
}

function count(world: World): number {
  return Number(world.database.get('SELECT COUNT(*) AS n FROM transfer')?.['n']);
}

function differs(what: string, found: Decimal, wanted: Decimal): readonly string[] {
  return found.eq(wanted) ? [] : [`${what}: ${found.toFixed()} instead of ${wanted.toFixed()}`];
}

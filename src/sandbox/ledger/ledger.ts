/**
 * Double entry: money never appears or vanishes, it moves. Every transfer's postings add up to zero in each currency, in decimal arithmetic;
 * an account that may not go below zero never does, because the transfer that would is refused before anything is written.
 */
import { Decimal } from 'decimal.js';
import { minorDigits } from '../../falpay/contract';
import type { Database } from '../store/database';

// Sums of many amounts of many digits must stay exact: the default of 20 significant digits would round them.
const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP });

/** An amount for arithmetic. Accepts decimal strings only, never JS numbers. */
export function decimal(amount: string): Decimal {
  return new Exact(amount);
}

/** Major units with as many decimals as the currency has, as the contract writes amounts. */
export function money(amount: Decimal, currency: string): string {
  return amount.toFixed(minorDigits(currency));
}

/** What can be paid of a computed amount, such as a percentage: half a cent is rounded up. */
export function payable(amount: Decimal, currency: string): Decimal {
  return amount.toDecimalPlaces(minorDigits(currency), Decimal.ROUND_HALF_UP);
}

export interface Posting {
  readonly account: string;
  readonly currency: string;
  /** Signed: what the account gains. */
  readonly amount: Decimal;
}

export interface Transfer {
  readonly kind: string;
  /** The order or entity that the movement belongs to. */
  readonly ref: string;
  readonly at: number;
  readonly postings: readonly Posting[];
}

export class InsufficientFunds extends Error {
  constructor(
    readonly account: string,
    readonly balance: Decimal,
    readonly wanted: Decimal,
  ) {
    super(`${account} holds ${balance.toFixed()}, ${wanted.toFixed()} are needed`);
  }
}

/** Only the outside world owes: it is where money comes from. */
export function mayGoBelowZero(account: string): boolean {
  return account.startsWith('external');
}

export class Ledger {
  constructor(private readonly database: Database) {}

  balance(account: string, currency: string): Decimal {
    const row = this.database.get('SELECT balance FROM account WHERE name = ? AND currency = ?', [account, currency]);
    return decimal(row === undefined ? '0' : String(row['balance']));
  }

  /**
   * Books a transfer, all of it or nothing (call it inside a transaction).
   * @throws InsufficientFunds when an account other than the outside world would go below zero
   */
  post(transfer: Transfer): void {
    const moved = transfer.postings.filter((posting) => !posting.amount.isZero());
    assertBalanced(transfer, moved);
    if (moved.length === 0) return;
    const next = this.nextBalances(moved);
    this.database.run('INSERT INTO transfer (kind, ref, at) VALUES (?, ?, ?)', [
      transfer.kind,
      transfer.ref,
      transfer.at,
    ]);
    const id = Number(this.database.get('SELECT MAX(id) AS id FROM transfer')?.['id']);
    for (const { account, currency, amount } of moved) {
      this.database.run('INSERT INTO posting (transfer_id, account, currency, amount) VALUES (?, ?, ?, ?)', [
        id,
        account,
        currency,
        amount.toFixed(),
      ]);
    }
    for (const { account, currency, balance } of next.values()) {
      this.database.run(
        'INSERT INTO account (name, currency, balance) VALUES (?, ?, ?) ON CONFLICT (name, currency) DO UPDATE SET balance = excluded.balance',
        [account, currency, balance.toFixed()],
      );
    }
  }

  /** The usual transfer: one account gives, another takes. */
  move(what: {
    kind: string;
    ref: string;
    at: number;
    from: string;
    to: string;
    currency: string;
    amount: Decimal;
  }): void {
    const { kind, ref, at, from, to, currency, amount } = what;
    this.post({
      kind,
      ref,
      at,
      postings: [
        { account: from, currency, amount: amount.neg() },
        { account: to, currency, amount },
      ],
    });
  }

  private nextBalances(
    moved: readonly Posting[],
  ): ReadonlyMap<string, { account: string; currency: string; balance: Decimal }> {
    const next = new Map<string, { account: string; currency: string; balance: Decimal }>();
    for (const { account, currency, amount } of moved) {
      const key = `${account} ${currency}`;
      const before = next.get(key)?.balance ?? this.balance(account, currency);
      next.set(key, { account, currency, balance: before.plus(amount) });
    }
    for (const { account, currency, balance } of next.values()) {
      if (balance.isNegative() && !balance.isZero() && !mayGoBelowZero(account)) {
        const before = this.balance(account, currency);
        throw new InsufficientFunds(account, before, before.minus(balance));
      }
    }
    return next;
  }
}

function assertBalanced(transfer: Transfer, moved: readonly Posting[]): void {
  const sums = new Map<string, Decimal>();
  for (const { currency, amount } of moved) sums.set(currency, (sums.get(currency) ?? decimal('0')).plus(amount));
  for (const [currency, sum] of sums) {
    if (!sum.isZero())
      throw new Error(`transfer ${transfer.kind} ${transfer.ref} is off by ${sum.toFixed()} ${currency}`);
  }
}

/**
 * FalPay's ids: strings of 19 digits, beyond 2^53, so that a program which reads them as JS numbers mixes up neighbours at once.
 *
 * One digit says the kind, nine come from the seed, nine count. Two sandboxes with different seeds never issue the same id, and a run with the same
 * seed and the same calls issues the same ones.
 */
import { createHash } from 'node:crypto';
import type { Database } from './store/database';

const KIND_DIGIT = {
  merchant: '1',
  wallet: '2',
  order: '3',
  flow: '4',
  card: '5',
  cardholder: '6',
  payOrder: '7',
  event: '8',
} as const;
export type IdKind = keyof typeof KIND_DIGIT;

const COUNTER = 'id-counter';

export class Ids {
  private readonly middle: string;

  constructor(
    private readonly database: Database,
    readonly seed: string,
  ) {
    this.middle = digits(seed, 9);
  }

  /** Call it inside a transaction: a number that is rolled back was never given out. */
  next(kind: IdKind): string {
    return `${KIND_DIGIT[kind]}${this.middle}${String(this.count()).padStart(9, '0')}`;
  }

  private count(): number {
    this.database.run(
      `INSERT INTO setting (name, value) VALUES (?, '1') ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)`,
      [COUNTER],
    );
    return Number(this.database.get('SELECT value FROM setting WHERE name = ?', [COUNTER])?.['value']);
  }
}

/** `count` decimal digits that depend on the text alone. */
export function digits(text: string, count: number): string {
  const number = BigInt(`0x${createHash('sha256').update(text).digest('hex')}`);
  return String(number % 10n ** BigInt(count)).padStart(count, '0');
}

/** A draw from [0, 1) that depends on the text alone: the same run draws the same, whatever else happens in between. */
export function draw(text: string): number {
  return Number(digits(text, 15)) / 1e15;
}

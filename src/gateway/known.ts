import { setTimeout as pause } from 'node:timers/promises';
import { FalpayRejected } from '../falpay/errors';
import { Problem } from './problem';

export type FalpayThing = 'merchant' | 'wallet' | 'card';

/**
 * What FalPay has by an id, however it says that it has nothing: by an empty answer or by a refusal.
 * @throws Problem 404
 */
export async function known<Found>(what: FalpayThing, asked: Promise<Found | null>): Promise<Found> {
  const found = await asked.catch((error: unknown) => {
    if (error instanceof FalpayRejected && error.notFound) return null;
    throw error;
  });
  if (found === null) throw notKnown(what);
  return found;
}

/** A start does not wait longer than this for FalPay's word: the flow asks again. */
const PATIENCE_MS = 2_000;

/** What FalPay says before a flow begins; undefined where it says nothing, or not in time. */
export function saidInTime<T>(asked: Promise<T>): Promise<T | undefined> {
  return Promise.race([asked.catch(() => undefined), pause(PATIENCE_MS, undefined, { ref: false })]);
}

/** Whether FalPay has what was asked for; undefined where it does not say in time. */
export function isThere(what: FalpayThing, asked: Promise<unknown>): Promise<boolean | undefined> {
  return saidInTime(
    known(what, asked).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Problem) return false;
        throw error;
      },
    ),
  );
}

export function notKnown(what: FalpayThing): Problem {
  return new Problem({ status: 404, code: `${what}-not-found`, detail: `FalPay knows no ${what} by this id.` });
}

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

function notKnown(what: FalpayThing): Problem {
  return new Problem({ status: 404, code: `${what}-not-found`, detail: `FalPay knows no ${what} by this id.` });
}

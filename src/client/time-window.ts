/** Visibility sorts by the end of a flow and pages from the newest; events are read from the oldest. So a stretch of time is looked for that holds few enough. */

/** Milliseconds since 1970; `from` does not belong to it, `to` does. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface Narrowed extends Stretch {
  /** What it held when it was counted: more than was asked for only where a single millisecond does. */
  readonly count: number;
}

export type Count = (stretch: Stretch) => Promise<number>;

/** Where nobody says where to begin, it is looked for backwards, in stretches that double from this one on. */
const FIRST_LOOK_BACK_MS = 3_600_000;
/** A stretch that holds this part of what may be taken is worth taking. */
const WORTH = 0.25;

/**
 * The longest beginning of a stretch that was found to hold at most `atMost`, and something if the whole does.
 * @param count how many a stretch holds; asked about as often as the logarithm of what there is
 */
export async function narrow(whole: Stretch, atMost: number, count: Count): Promise<Narrowed> {
  const total = await count(whole);
  if (total <= atMost) return { ...whole, count: total };
  const from = whole.from > 0 ? whole.from : await beginning(whole, total, count);
  // Always: up to `low` there are `below` of them and not too many, up to `high` there are too many.
  let [low, below] = [from, 0];
  let [high, above] = [whole.to, total];
  for (let tries = 0; high - low > 1; tries += 1) {
    if (below >= atMost * WORTH) return { from: whole.from, to: low, count: below };
    // They come about evenly as a rule; where they do not, halves settle it.
    const share = tries % 2 === 0 ? Math.min(Math.max(((atMost - below) * 0.8) / (above - below), 0.001), 0.5) : 0.5;
    const middle = Math.min(Math.max(Math.floor(low + (high - low) * share), low + 1), high - 1);
    const found = await count({ from: whole.from, to: middle });
    if (found > atMost) [high, above] = [middle, found];
    else [low, below] = [middle, found];
  }
  return below > 0 ? { from: whole.from, to: low, count: below } : { from: whole.from, to: high, count: above };
}

/** The latest moment found before which there is nothing. */
async function beginning({ from, to }: Stretch, total: number, count: Count): Promise<number> {
  for (let span = FIRST_LOOK_BACK_MS; to - span > from; span *= 2) {
    if ((await count({ from: to - span, to })) >= total) return to - span;
  }
  return from;
}

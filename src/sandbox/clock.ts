/** The one place where the sandbox reads the time. Business times are epoch milliseconds inside and text at the border only. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/**
 * Keeps a process from storming a FalPay that is away, or that refuses our credentials. After a few calls in a row have failed for reasons of the
 * system nothing more is sent; from time to time one harmless query tries whether FalPay is back, while all calls are refused unsent.
 */
import { type ErrorContext, FalpayError, FalpayRejected, FalpayUnavailable } from './errors';

export interface Outage {
  /** Epoch milliseconds: when the first of the failed calls ended. */
  readonly since: number;
  /** What the last of them failed with. */
  readonly reason: string;
}

export interface CircuitHooks {
  /** Told once when calls begin to be held back, however many wait. */
  readonly onOutage?: (outage: Outage) => void;
  readonly onRecovery?: (outage: Outage) => void;
}

export interface CircuitParts {
  /** A signed query about nothing in particular. */
  readonly ping: () => Promise<unknown>;
  readonly now: () => number;
  readonly random?: () => number;
  readonly hooks: CircuitHooks;
}

/** A single failure may be that of one call; so many one after the other, with no answer between them, are FalPay's. */
const FAILURES = 5;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Whatever FalPay asks for: somebody must find out that it is back. */
const LONGEST_RETRY_AFTER_MS = 10 * 60_000;
const JITTER = 0.2;

export class Circuit {
  #failures = 0;
  #failingSince = 0;
  #outage: Outage | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #nextTryAt = 0;
  #trying = false;

  constructor(private readonly parts: CircuitParts) {}

  /**
   * Makes a call, unless FalPay is known to be away.
   * @throws FalpayUnavailable without having sent anything, and whatever `call` throws
   */
  async run<Result>(context: ErrorContext, call: () => Promise<Result>): Promise<Result> {
    const outage = this.#outage;
    if (outage && !(await this.#isBack())) throw heldBack(context, outage);
    try {
      const result = await call();
      this.#answered();
      return result;
    } catch (error) {
      if (error instanceof FalpayRejected) this.#answered();
      else if (error instanceof FalpayError) this.#failed(error);
      throw error;
    }
  }

  /** One caller tries, when it is time; all others go without. */
  async #isBack(): Promise<boolean> {
    const { ping, now } = this.parts;
    if (this.#trying || now() < this.#nextTryAt) return false;
    this.#trying = true;
    try {
      await ping();
      this.#recover();
      return true;
    } catch (error) {
      this.#waitLonger(error);
      return false;
    } finally {
      this.#trying = false;
    }
  }

  /** While calls are held back, an answer is that of a call from before: it says nothing of what came after. */
  #answered(): void {
    if (this.#outage) return;
    this.#failures = 0;
    this.#pauseMs = FIRST_PAUSE_MS;
  }

  #failed(error: FalpayError): void {
    const { now, hooks } = this.parts;
    if (this.#failures === 0) this.#failingSince = now();
    this.#failures += 1;
    if (this.#failures < FAILURES || this.#outage) return;
    this.#outage = { since: this.#failingSince, reason: error.message };
    this.#waitLonger(error);
    quietly(hooks.onOutage, this.#outage);
  }

  #recover(): void {
    const outage = this.#outage;
    if (!outage) return;
    this.#outage = undefined;
    this.#failures = 0;
    quietly(this.parts.hooks.onRecovery, outage);
  }

  /** The pauses go on growing where FalPay answers the query and nothing else. */
  #waitLonger(error: unknown): void {
    const { now, random = Math.random } = this.parts;
    const asked = error instanceof FalpayUnavailable ? (error.retryAfterMs ?? 0) : 0;
    const own = this.#pauseMs * (1 - JITTER + 2 * JITTER * random());
    this.#nextTryAt = now() + Math.max(own, Math.min(asked, LONGEST_RETRY_AFTER_MS));
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

function heldBack(context: ErrorContext, { since, reason }: Outage): FalpayUnavailable {
  const time = new Date(since).toISOString();
  return new FalpayUnavailable(
    `${context.operation ?? ''}: nothing was sent; FalPay cannot be used since ${time}: ${reason}`,
    context,
  );
}

/** A broken metric must not keep FalPay away. */
function quietly(hook: ((outage: Outage) => void) | undefined, outage: Outage): void {
  try {
    hook?.(outage);
  } catch {
    // Nobody hears it.
  }
}

/** Where FalPay refuses a query about a card: a passing fault can look like a refusal, so it is asked again before a person is called, and on after that. */
import { sleep } from '@temporalio/workflow';
import type { FlowPolicy } from '../../messages';
import { beganWith } from '../../messages';
import type { Flow } from '../flow/flow';

/** After a person was asked FalPay is asked on, ever more seldom. */
const BLOCKED_LADDER_MS = [5 * 60_000, 3_600_000];
const BLOCKED_PAUSE_MS = 6 * 3_600_000;

/** @param looks since a person was called */
export function pauseWhileBlocked(looks: number): number {
  return BLOCKED_LADDER_MS[looks] ?? BLOCKED_PAUSE_MS;
}

/** @param before how many refusals came before this one */
export function afterRefusal(
  policy: FlowPolicy,
  before: number,
  isFinal: boolean,
): { readonly callsPerson: boolean; readonly pauseMs: number } {
  const pauses = isFinal ? [] : (policy.refusedQueryPausesMs ?? []);
  const pauseMs = pauses[before];
  return pauseMs === undefined
    ? { callsPerson: true, pauseMs: pauseWhileBlocked(before - pauses.length) }
    : { callsPerson: false, pauseMs };
}

/** The list of a card's pay orders, while FalPay refuses it. Flows that began before 0.3 call a person at once, and ask again when that one says so. */
export class RefusedList {
  private refusals = 0;
  private resting = false;
  /** Rises with each pause, so that an earlier one's end means nothing. */
  private turn = 0;
  private blockId?: string;

  constructor(
    private readonly flow: Flow<unknown>,
    private readonly step: string,
  ) {}

  get mayAsk(): boolean {
    return this.asksOn ? !this.resting : this.blockId === undefined;
  }

  refused({ message, isFinal }: { readonly message: string; readonly isFinal: boolean }): void {
    const { callsPerson, pauseMs } = afterRefusal(this.flow.policy, this.refusals, isFinal);
    if (callsPerson || !this.asksOn) {
      const block = {
        reason: 'INVALID',
        message: `FalPay refuses to list the card's pay orders: ${message}`,
        actions: ['retry'],
      } as const;
      this.blockId = this.flow.desk.raise(this.step, block, this.blockId);
    }
    if (!this.asksOn) return;
    this.refusals += 1;
    this.rest(pauseMs);
  }

  /** FalPay lists them again: what a person was called for is over. */
  listed(): void {
    this.refusals = 0;
    this.close();
  }

  isAnswered(): boolean {
    return this.blockId !== undefined && this.flow.desk.answerTo(this.blockId) !== undefined;
  }

  /** A person says `retry`. */
  takeAnswer(): void {
    if (this.blockId === undefined || !this.isAnswered()) return;
    this.flow.desk.takeAnswer(this.blockId);
    this.blockId = undefined;
    this.refusals = 0;
    this.turn += 1;
    this.resting = false;
  }

  private close(): void {
    if (this.blockId !== undefined) this.flow.desk.close(this.blockId);
    this.blockId = undefined;
  }

  private rest(ms: number): void {
    const turn = (this.turn += 1);
    this.resting = true;
    void sleep(ms, { summary: 'pay orders: asked again' }).then(() => {
      if (turn === this.turn) this.resting = false;
    });
  }

  private get asksOn(): boolean {
    return beganWith(this.flow.policy, 3);
  }
}

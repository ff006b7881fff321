/** Decides what goes wrong. Every rule draws by its own count of matches, so what other rules and calls do does not change its luck. */
import { z } from 'zod';
import { draw } from '../ids';
import { readSetting, writeSetting } from '../settings';
import type { Database } from '../store/database';
import type { CallbackTopic, OperationName } from '../../falpay/contract';
import { CALL_FAULTS, CALLBACK_FAULTS, ruleSchema, type CallbackFault, type CallFault, type FaultRule } from './rules';

const countedSchema = z.object({ rule: ruleSchema, matched: z.number(), fired: z.number() });
const stateSchema = z.object({ seed: z.string(), rules: z.array(countedSchema) });
type State = z.infer<typeof stateSchema>;

/** A rule that fires, as one of its kind of faults. */
export type Fired<Kind extends CallFault | CallbackFault> = FaultRule & { readonly fault: Kind };

const NAME = 'faults';

export class Faults {
  private state: State;

  constructor(
    private readonly database: Database,
    seed: string,
  ) {
    const stored = readSetting(database, NAME);
    this.state = stored === undefined ? { seed, rules: [] } : stateSchema.parse(stored);
  }

  /** The rules with how often each matched and fired. */
  list(): State {
    return this.state;
  }

  replace(rules: readonly FaultRule[], seed = this.state.seed): void {
    this.save({ seed, rules: rules.map((rule) => ({ rule, matched: 0, fired: 0 })) });
  }

  forCall(operation: OperationName, orderNo: string | undefined): readonly Fired<CallFault>[] {
    return this.fire(
      (rule) =>
        rule.topic === undefined && isOneOf(CALL_FAULTS, rule.fault) && (rule.operation ?? operation) === operation,
      orderNo,
    ) as readonly Fired<CallFault>[];
  }

  forCallback(topic: CallbackTopic, orderNo: string | undefined): readonly Fired<CallbackFault>[] {
    // Without a topic, what can happen to a call as well is meant for calls.
    return this.fire(
      (rule) =>
        rule.operation === undefined &&
        isOneOf(CALLBACK_FAULTS, rule.fault) &&
        (rule.topic === undefined ? !isOneOf(CALL_FAULTS, rule.fault) : rule.topic === topic),
      orderNo,
    ) as readonly Fired<CallbackFault>[];
  }

  private fire(isMeant: (rule: FaultRule) => boolean, orderNo: string | undefined): readonly FaultRule[] {
    const fired: FaultRule[] = [];
    const rules = this.state.rules.map((counted, index) => {
      const { rule } = counted;
      if (!isMeant(rule) || (rule.orderNo !== undefined && rule.orderNo !== orderNo)) return counted;
      const matched = counted.matched + 1;
      const isSpent = matched <= rule.skip || (rule.times !== undefined && counted.fired >= rule.times);
      if (isSpent || draw(`${this.state.seed} ${index} ${matched}`) >= rule.probability) return { ...counted, matched };
      fired.push(rule);
      return { ...counted, matched, fired: counted.fired + 1 };
    });
    if (this.state.rules.length > 0) this.save({ ...this.state, rules });
    return fired;
  }

  private save(state: State): void {
    writeSetting(this.database, NAME, state);
    this.state = state;
  }
}

function isOneOf(list: readonly string[], value: string): boolean {
  return list.includes(value);
}

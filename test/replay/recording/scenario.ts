/** What is recorded: flows of the main path, each brought to a stage whose history must replay in every later release. */
import type { Activities } from '../../../src/activities';
import type {
  CreatingOperation,
  OnboardingBody,
  OperationPolicy,
  StartedKind,
  WaitName,
  WaitPolicy,
} from '../../../src/messages';
import type { FaultRule } from '../../../src/sandbox/faults/rules';
import type { SandboxSettings } from '../../../src/sandbox/index';
import type { Case } from './case';

export interface Scenario {
  /** `flow.stage-or-outcome`, what its run records; the first one also names its order number. */
  readonly records: readonly [string, ...string[]];
  readonly body?: Partial<OnboardingBody>;
  /** The kind of the flow that policy and activities are about; default: the onboarding. */
  readonly about?: StartedKind;
  /** Parts of the recorded policy that differ from the quick one all recordings have. */
  readonly waits?: Partial<Record<WaitName, WaitPolicy>>;
  readonly operations?: Partial<Record<CreatingOperation, Partial<OperationPolicy>>>;
  /** Faults of the sandbox, about this scenario's order numbers alone unless it runs alone. */
  readonly faults?: (number: string) => readonly Fault[];
  /** The sandbox's settings while it runs; nothing else is recorded meanwhile. */
  readonly alone?: Partial<SandboxSettings>;
  /** Its events are pushed; the activities say what becomes of that. */
  readonly pushesEvents?: true;
  /** Stands between workflow and activities of this flow and of the deliveries of its events. */
  readonly activities?: (real: Activities) => Partial<Activities>;
  readonly run: (flow: Case) => Promise<void>;
}

export type Fault = Partial<FaultRule> & Pick<FaultRule, 'fault'>;

/** `onboarding.wallet-next-round` → `M-wallet-next-round`; other flows' names stay whole: each has an onboarding under its number, too. */
export function numberOf({ records: [first] }: Scenario): string {
  return `M-${first.replace(/^onboarding\./, '').replace('.', '-')}`.slice(0, 40);
}

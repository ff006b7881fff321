import { FLOW_KINDS, numberFault, numberFromPath, parseWorkflowId, type FlowKind } from '../messages';
import { CliFailure, EXIT } from './failure';

export interface FlowName {
  readonly kind: FlowKind;
  readonly number: string;
}

/** `onboarding/M-1`, the workflow id as the UI shows it; also `onboarding M-1`, and `~` for `/` in a parked callback's number. */
export function flowName(first: string, second?: string): FlowName {
  const name = parseWorkflowId(numberFromPath(second === undefined ? first : `${first}/${second}`));
  const fault = name && numberFault(name.kind, name.number);
  if (name && fault === undefined) return name;
  if (name) throw new CliFailure(`${name.kind}/${name.number} can be no flow: its number ${fault}`, EXIT.usage);
  const shown = second === undefined ? first : `${first} ${second}`;
  throw new CliFailure(
    `"${shown}" names no flow: write <kind>/<number>, as in onboarding/M-1; kinds: ${FLOW_KINDS.join(', ')}`,
    EXIT.usage,
  );
}

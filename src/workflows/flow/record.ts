/** What a flow remembers of itself, and how it becomes the state that people and backends read. */
import { workflowInfo } from '@temporalio/workflow';
import type {
  ActionRecord,
  BlockState,
  FlowKind,
  FlowPolicy,
  FlowState,
  Outputs,
  Receipt,
  StepState,
  WaitState,
} from '../../messages';
import { stageOf, workflowIdFor } from '../../messages';

/** Actions kept in the state; older ones stay in the history. */
const ACTIONS_KEPT = 50;

export class FlowRecord {
  readonly state: FlowState;
  /** Where an aborted flow was at. */
  private lastStep?: string;

  constructor(
    kind: FlowKind,
    number: string,
    plan: readonly string[],
    private readonly onDone: (step: StepState) => void,
  ) {
    this.state = {
      workflowId: workflowIdFor(kind, number),
      kind,
      number,
      stage: 'RUNNING',
      steps: plan.map((name) => ({ name, status: 'PENDING', attempts: 0 })),
      waits: [],
      blocks: [],
      outputs: { cards: [] },
      actions: [],
    };
  }

  get outputs(): Outputs {
    return this.state.outputs;
  }

  /** The step of that name, added where the plan did not foresee it. */
  step(name: string): StepState {
    const known = this.state.steps.find((step) => step.name === name);
    if (known) return known;
    const added: StepState = { name, status: 'PENDING', attempts: 0 };
    this.state.steps.push(added);
    return added;
  }

  begin(name: string, ref?: string): StepState {
    const step = this.step(name);
    step.status = 'RUNNING';
    step.startedAt ??= now();
    if (ref !== undefined) step.ref = ref;
    return step;
  }

  end(name: string, status: 'DONE' | 'SKIPPED' | 'FAILED', ref?: string): void {
    const step = this.step(name);
    step.status = status;
    step.startedAt ??= now();
    step.endedAt = now();
    if (ref !== undefined) step.ref = ref;
    if (status === 'DONE') this.onDone(step);
  }

  addWait(wait: WaitState): void {
    this.state.waits.push(wait);
    this.step(wait.step).status = 'WAITING';
  }

  dropWait(wait: WaitState): void {
    this.state.waits = this.state.waits.filter((other) => other !== wait);
    const step = this.step(wait.step);
    if (step.status === 'WAITING') step.status = 'RUNNING';
  }

  addBlock(block: BlockState): void {
    this.state.blocks.push(block);
    this.step(block.step).status = 'WAITING';
    this.restage();
  }

  dropBlock(blockId: string): void {
    const block = this.state.blocks.find((other) => other.blockId === blockId);
    this.state.blocks = this.state.blocks.filter((other) => other.blockId !== blockId);
    if (block && !this.state.waits.some((wait) => wait.step === block.step)) this.step(block.step).status = 'RUNNING';
    this.restage();
  }

  addAction(action: Omit<ActionRecord, 'at'>): ActionRecord {
    const added: ActionRecord = { ...action, at: now() };
    this.state.actions.push(added);
    if (this.state.actions.length > ACTIONS_KEPT) this.state.actions.shift();
    return added;
  }

  close(stage: 'COMPLETED' | 'ABORTED', result: unknown): void {
    this.state.stage = stage;
    this.state.waits = [];
    this.state.blocks = [];
    delete this.state.fault;
    this.state.result = result;
    if (stage === 'COMPLETED') return;
    this.lastStep = activeName(this.state.steps);
    for (const { name, status } of this.state.steps) if (isUnderWay(status)) this.end(name, 'FAILED');
  }

  receipt(): Receipt {
    const { stage, blocks } = this.state;
    return { stage, openBlocks: blocks.length };
  }

  /** An operator's block outweighs the backend's; a wait shows only when nobody is asked to act. */
  restage(): void {
    const { state } = this;
    if (state.stage === 'COMPLETED' || state.stage === 'ABORTED') return;
    const block = this.foremostBlock();
    if (block) state.stage = stageOf(block.reason);
    else state.stage = state.waits.length > 0 ? 'WAITING' : 'RUNNING';
  }

  /** The step that the stage is about. */
  currentStep(): string {
    return (this.foremostBlock() ?? this.state.waits[0])?.step ?? this.lastStep ?? activeName(this.state.steps);
  }

  foremostBlock(): BlockState | undefined {
    const { blocks } = this.state;
    return blocks.find((block) => stageOf(block.reason) === 'BLOCKED') ?? blocks[0];
  }
}

function isUnderWay(status: StepState['status']): boolean {
  return status === 'RUNNING' || status === 'WAITING';
}

function activeName(steps: readonly StepState[]): string {
  return (
    (steps.find((step) => step.status === 'RUNNING') ?? steps.findLast((step) => step.status === 'DONE') ?? steps[0])
      ?.name ?? 'start'
  );
}

/** Workflow time: the same on replay. */
export function now(): string {
  return new Date(Date.now()).toISOString();
}

/** Milliseconds from now as an ISO time. */
export function inMs(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

/** The next block's id: unique over restarts, since it holds the run. A run id begins with the time, which two runs can share. */
export function blockIdFor(step: string, serial: number, { mindsEarlierRuns }: FlowPolicy): string {
  const run = workflowInfo().originalExecutionRunId;
  return `${step}-${serial}-${mindsEarlierRuns ? run.slice(-12) : run.slice(0, 8)}`;
}

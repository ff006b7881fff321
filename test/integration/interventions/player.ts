/** Plays one flow: to a place of its road, through the press of a button, and to its end. */
import type { FlowState, Residue } from '../../../src/messages';
import type { FlowDriver } from '../../setup/flow-driver';
import { unlessAway } from '../../setup/unless-away';
import { until } from '../../setup/until';
import { faultsOf, untruthsOf } from './audit';
import type { BookedRecharge } from './books';
import { isOf } from './books';
import { Buttons } from './buttons';
import type { Planned } from './interference';
import type { Journey, Place } from './journeys';
import { Others } from './others';
import type { World } from './world';

export type Press = 'cancel' | 'terminate' | 'reset';

export interface Case {
  readonly journey: Journey;
  /** Undefined: the end of the road. */
  readonly place?: Place;
  readonly press: Press;
  /** Which of the workflow tasks there are then, from 0 to 1: the first to the last. */
  readonly back: number;
}

export interface Played {
  readonly name: string;
  readonly faults: readonly string[];
  readonly asked: number;
}

const PAUSE_MS = 300;
/** For what hangs: on a busy machine a road takes its time. Less than the deadline of a wait, at which nobody is asked what a journey knows. */
const PATIENCE_MS = 8 * 60_000;

export class Player {
  private readonly buttons: Buttons;
  private readonly others: Others;

  private constructor(
    private readonly world: World,
    private readonly played: Case,
    private readonly flow: FlowDriver,
  ) {
    this.buttons = new Buttons(world.stack.client, flow);
    this.others = new Others(world, flow, new Set(played.journey.mishaps));
  }

  static async play(world: World, number: string, played: Case): Promise<Played> {
    const name = `${number}: ${played.press} at ${played.place?.name ?? 'the end'}, ${played.back.toFixed(2)} back`;
    try {
      const { interferences } = world;
      const { call } = played.place ?? {};
      const planned = call && interferences.plan(call.operation, `${number}${call.order}`, call.hitch);
      const player = new Player(world, played, await world.begin(played.journey, number));
      const faults = await player.run(planned);
      return { name, faults, asked: player.others.askedAbout.length };
    } catch (error) {
      return { name, faults: [String((error as Error).message).slice(0, 1_500)], asked: 0 };
    }
  }

  private async run(planned?: Planned): Promise<readonly string[]> {
    await this.arrive(planned?.reached);
    planned?.press();
    const untruths = await this.press(planned?.letGo);
    const state = await this.drive(({ stage }) => stage === 'COMPLETED');
    const books = await this.world.bookkeeper.books();
    return [...untruths, ...faultsOf(books, this.flow.number, state, this.played.journey.expected)];
  }

  private async arrive(reached?: Promise<void>): Promise<void> {
    const { place } = this.played;
    let isReached = false;
    void reached?.then(() => (isReached = true));
    await this.drive((state) =>
      place === undefined
        ? state.stage === 'COMPLETED'
        : isReached || (place.at?.(state, this.others.answered) ?? false),
    );
  }

  private async press(letGo: () => void = () => undefined): Promise<readonly string[]> {
    switch (this.played.press) {
      case 'cancel': {
        await this.buttons.cancel();
        letGo();
        const untruths = await this.afterAbort();
        await this.buttons.restart();
        return untruths;
      }
      case 'terminate':
        await this.buttons.terminate();
        await this.buttons.restart();
        letGo();
        return [];
      case 'reset':
        await this.buttons.reset(this.played.back);
        letGo();
        return [];
    }
  }

  /** The residue is true, and money that comes now is kept where it is seen. */
  private async afterAbort(): Promise<readonly string[]> {
    const state = (await this.flow.reach(({ stage }) => stage === 'ABORTED')) as FlowState<{ residue: Residue }>;
    const { bookkeeper, stack } = this.world;
    const books = await bookkeeper.books();
    const { number } = this.flow;
    const untruths = state.result ? untruthsOf(books, number, state.result.residue) : ['no residue'];
    const open = books.recharges.find((one) => isOf(number, one.rechargeOrderNo) && isOpen(one));
    if (!open) return untruths;
    await stack.control('POST', `/recharges/${open.orderNo}/arrivals`, { amount: '10.00' });
    const parked = `wallet-recharge/${open.orderNo}`;
    await until(
      async () => {
        const { body } = await stack.api('GET', '/v1/flows?kind=parked&pageSize=200');
        return (body.items as { number: string }[] | undefined)?.some((item) => item.number === parked) ?? false;
      },
      () => `10.00 came on ${open.rechargeOrderNo} after the abort, and nothing shows at parked/${parked}`,
    );
    return untruths;
  }

  /** Lets everybody do their part until the flow is as wanted. */
  private async drive(wanted: (state: FlowState) => boolean): Promise<FlowState> {
    const limit = Date.now() + PATIENCE_MS;
    for (;;) {
      const state = await unlessAway(this.flow.state());
      if (state && !state.stale) {
        if (wanted(state)) return state;
        await this.others.move(state);
      }
      const isOver = state && !state.stale && ['COMPLETED', 'ABORTED'].includes(state.stage);
      if (isOver || Date.now() > limit)
        throw new Error(`it stays at ${state ? await this.whereItHangs(state) : 'what Temporal does not tell'}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  private async whereItHangs({ stage, stale, waits, blocks, steps, actions }: FlowState): Promise<string> {
    const { events } = await this.buttons.history();
    const failed = events?.findLast(({ workflowTaskFailedEventAttributes: task }) => task);
    return JSON.stringify({
      stage,
      ...(stale && { stale }),
      waits,
      blocks: blocks.map(({ step, reason }) => `${reason} at ${step}`),
      steps: steps.filter(({ status }) => status !== 'PENDING').map(({ name, status, ref }) => [name, status, ref]),
      actions: actions.map(({ action }) => action),
      happened: [...this.others.happened],
      lastEvents: events?.slice(-4).map(({ eventType }) => eventType),
      failedTask: failed?.workflowTaskFailedEventAttributes?.failure?.message,
    });
  }
}

function isOpen({ status }: BookedRecharge): boolean {
  return status === 'PENDING' || status === 'PROCESSING';
}

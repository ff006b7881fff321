/** The parts of a running sandbox, put together once: the world of the business rules, and what brings calls in and callbacks out. */
import type { KeyObject } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { z } from 'zod';
import type { Logger } from 'pino';
import { operationRow, UnsafeCardWithSecretsVo, type OperationName } from '../falpay/contract';
import { Gatekeeper } from './api/gatekeeper';
import type { Voice } from './api/answer';
import { RequestLog } from './api/request-log';
import { performTask } from './business/upcoming';
import { Outbox } from './callbacks/outbox';
import { Sender } from './callbacks/sender';
import type { Clock } from './clock';
import { Faults } from './faults/engine';
import { Ids } from './ids';
import { Ledger } from './ledger/ledger';
import { Plans } from './plans';
import { readSetting, Settings, writeSetting, type SandboxSettings } from './settings';
import type { Database } from './store/database';
import { Tasks } from './tasks';
import { insideTime, instantOf } from './wire/times';
import { Tokens } from './wire/tokens';
import { collections, type World } from './world';

export class Sandbox {
  readonly settings: Settings;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly tokens: Tokens;
  readonly gatekeeper: Gatekeeper;
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly tasks: Tasks;
  readonly world: World;
  readonly seed: string;
  private readonly stopper = new AbortController();
  private heldBack = 0;
  private isHurried = false;

  constructor(
    readonly parts: {
      readonly database: Database;
      readonly clock: Clock;
      readonly log: Logger;
      readonly voice: Voice;
      readonly clientKey: KeyObject;
      readonly client: { readonly id: string; readonly secret: string };
      readonly seed: string;
      readonly settings: Partial<SandboxSettings>;
    },
  ) {
    const { database, clock, voice } = parts;
    const { profile } = voice;
    const isHeldBack = (): boolean => this.heldBack > 0;
    // Every call that is being slowed down listens: as many as there are.
    setMaxListeners(0, this.stopper.signal);
    this.seed = keptSeed(database, parts.seed);
    this.settings = new Settings(database, parts.settings);
    this.faults = new Faults(database, this.seed);
    this.requests = new RequestLog(database);
    this.tokens = new Tokens(clock, parts.client);
    this.gatekeeper = new Gatekeeper({ clock, profile, clientKey: parts.clientKey, clientId: parts.client.id });
    const ids = new Ids(database, this.seed);
    const time = (at: number): string => insideTime(at, profile.time.zone);
    this.outbox = new Outbox({ database, clock, ids, settings: this.settings, faults: this.faults, voice }, () =>
      this.sender.pump(),
    );
    this.sender = new Sender({
      outbox: this.outbox,
      clock,
      settings: this.settings,
      voice,
      isHeldBack,
    });
    this.tasks = new Tasks(
      database,
      clock,
      (task) => performTask(this.world, task),
      (task, error) =>
        parts.log.error(
          { err: error, task: task.kind, subject: task.subject },
          'something that was to happen by itself could not',
        ),
      isHeldBack,
    );
    this.world = {
      database,
      clock,
      ids,
      ledger: new Ledger(database),
      settings: this.settings,
      plans: new Plans(database),
      ...collections(database),
      announce: (topic, data) => this.outbox.add(topic, data),
      schedule: (task, delayMs) => this.tasks.schedule(task, this.isHurried ? 0 : delayMs),
      cancel: (kind, subject) => this.tasks.cancel(kind, subject),
      time,
      instant: (text) => instantOf(text, profile.time.zone) ?? Number.NaN,
    };
  }

  get clock(): Clock {
    return this.parts.clock;
  }

  get log(): Logger {
    return this.parts.log;
  }

  get voice(): Voice {
    return this.parts.voice;
  }

  /** The model of what an operation answers; 查询卡片详细信息 answers more than the contract lets into flows. */
  responseModel(operation: OperationName): z.ZodType {
    return operation === 'getCard' ? UnsafeCardWithSecretsVo : operationRow(operation).response;
  }

  /** Aborted when the sandbox stops. */
  get stopped(): AbortSignal {
    return this.stopper.signal;
  }

  /** Whether it can take calls: it is not stopping, and its database answers. */
  isReady(): boolean {
    if (this.stopper.signal.aborted) return false;
    try {
      return this.parts.database.get('SELECT 1 AS one')?.['one'] === 1;
    } catch (error) {
      this.log.error({ err: error }, 'the database does not answer');
      return false;
    }
  }

  start(): void {
    this.tasks.start();
    this.sender.start();
  }

  async stop(): Promise<void> {
    this.stopper.abort();
    this.tasks.stop();
    await this.sender.stop();
  }

  /** Nothing happens by itself until the returned function is called: an answer must leave before what it caused. */
  holdBack(): () => void {
    this.heldBack += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.heldBack -= 1;
      if (this.heldBack > 0) return;
      this.tasks.arm();
      this.sender.pump();
    };
  }

  /** What `work` schedules falls due at once, when asked. */
  hurried<T>(isHurried: boolean, work: () => T): T {
    this.isHurried = isHurried;
    try {
      return work();
    } finally {
      this.isHurried = false;
    }
  }

  /** Does what is due now, and waits until each callback that is due was tried. */
  async settle(): Promise<void> {
    this.tasks.runDue();
    await this.sender.flush();
  }
}

/** Ids go on where they stopped, so the seed of a database file never changes. */
function keptSeed(database: Database, seed: string): string {
  const kept = readSetting(database, 'seed');
  if (typeof kept === 'string') return kept;
  writeSetting(database, 'seed', seed);
  return seed;
}

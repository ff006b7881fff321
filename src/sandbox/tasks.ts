/** What will happen by itself later: kept in the database, so that a restart forgets nothing; each task runs in a transaction of its own. */
import type { Clock } from './clock';
import type { Database } from './store/database';

export type TaskKind =
  'merchant-audit' | 'wallet-audit' | 'cardholder-audit' | 'recharge-arrival' | 'withdrawal-finish' | 'card-issue';

export interface Task {
  readonly kind: TaskKind;
  /** The id of the entity that it is about. */
  readonly subject: string;
  readonly detail: Readonly<Record<string, string | boolean | number>>;
}

/** Node's timers overflow beyond this and would fire at once. */
const LONGEST_TIMER = 2_147_483_647;

export class Tasks {
  private timer: NodeJS.Timeout | undefined;
  private running = false;

  /** @param perform does a task; it runs inside the transaction that removes the task */
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly perform: (task: Task) => void,
    private readonly onFailure: (task: Task, error: unknown) => void,
    /** True while an answer is being written that must leave before what it caused. */
    private readonly isHeldBack: () => boolean,
  ) {}

  schedule(task: Task, delayMs: number): void {
    this.database.run('INSERT INTO task (kind, subject, detail, due_at) VALUES (?, ?, ?, ?)', [
      task.kind,
      task.subject,
      JSON.stringify(task.detail),
      this.clock.now() + delayMs,
    ]);
    this.database.onCommit(() => this.arm());
  }

  /** Forgets what was to come for this entity: somebody has decided it by hand. */
  cancel(kind: TaskKind, subject: string): void {
    this.database.run('DELETE FROM task WHERE kind = ? AND subject = ?', [kind, subject]);
  }

  start(): void {
    this.running = true;
    this.arm();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.timer);
  }

  /** Performs everything that is due by now. */
  runDue(): void {
    for (;;) {
      const row = this.database.get('SELECT * FROM task WHERE due_at <= ? ORDER BY due_at, id LIMIT 1', [
        this.clock.now(),
      ]);
      if (row === undefined) return;
      const task = {
        kind: String(row['kind']) as TaskKind,
        subject: String(row['subject']),
        detail: JSON.parse(String(row['detail'])) as Task['detail'],
      };
      const id = Number(row['id']);
      try {
        this.database.transaction(() => {
          this.database.run('DELETE FROM task WHERE id = ?', [id]);
          this.perform(task);
        });
      } catch (error) {
        // Removed all the same: a task that cannot be done now would be tried for ever and hold up those behind it.
        this.database.run('DELETE FROM task WHERE id = ?', [id]);
        this.onFailure(task, error);
      }
    }
  }

  /** Sets the clock for what comes next. */
  arm(): void {
    if (!this.running || this.isHeldBack()) return;
    clearTimeout(this.timer);
    const next = this.database.get('SELECT MIN(due_at) AS due FROM task')?.['due'];
    if (typeof next !== 'number') return;
    const delay = Math.min(Math.max(next - this.clock.now(), 0), LONGEST_TIMER);
    this.timer = setTimeout(() => {
      if (!this.isHeldBack()) this.runDue();
      this.arm();
    }, delay);
  }
}

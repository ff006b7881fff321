/** Callbacks waiting to be acknowledged. Written in the transaction of what they tell about, so neither exists without the other. */
import { callbacks, type CallbackRow, type CallbackTopic } from '../../falpay/contract';
import type { Voice } from '../api/answer';
import type { Clock } from '../clock';
import type { Faults } from '../faults/engine';
import type { Ids } from '../ids';
import type { Settings } from '../settings';
import type { Database, Row } from '../store/database';
import { writeCallback } from '../wire/callback-form';
import type { Signed } from '../wire/signature';

/** PENDING: tries go on. HELD: waits for a later one to overtake it. DROPPED: never sent, a fault. GIVEN_UP: the ladder has ended. */
export type CallbackState = 'PENDING' | 'HELD' | 'DROPPED' | 'ACKNOWLEDGED' | 'GIVEN_UP';

export interface OutgoingCallback {
  readonly seq: number;
  readonly eventId: string;
  readonly topic: CallbackTopic;
  readonly ref: string;
  readonly body: string;
  /** What of it stands in headers. */
  readonly headers: Readonly<Record<string, string>>;
  readonly state: CallbackState;
  readonly firstAt: number;
  readonly tries: number;
  readonly nextAt?: number;
  /** What goes wrong with its first try. */
  readonly fault?: 'duplicateCallback' | 'wrongSignature' | 'unreadable';
  /** The first try's signature, for the setting that repeats it. */
  readonly signed?: Signed;
}

export interface CallbackTry {
  readonly at: number;
  readonly ms: number;
  readonly status?: number;
  readonly outcome: string;
}

/** How long a held callback waits for another one to overtake it. */
const HELD_FOR_MS = 5_000;

export class Outbox {
  constructor(
    private readonly world: {
      database: Database;
      clock: Clock;
      ids: Ids;
      settings: Settings;
      faults: Faults;
      voice: Voice;
    },
    private readonly onAdded: () => void,
  ) {}

  add(topic: CallbackTopic, data: Readonly<Record<string, unknown>>): void {
    const { database, clock, ids, settings, faults, voice } = this.world;
    const row: CallbackRow = callbacks[topic];
    const orderNo = row.orderNo === undefined ? undefined : data[row.orderNo];
    const fired = faults.forCallback(topic, typeof orderNo === 'string' ? orderNo : undefined);
    const isAmong = (fault: string): boolean => fired.some((rule) => rule.fault === fault);
    const delay = fired.reduce((sum, rule) => (rule.fault === 'delayCallback' ? sum + (rule.ms ?? 0) : sum), 0);
    const reorder = fired.find((rule) => rule.fault === 'reorderCallback');
    const eventId = ids.next('event');
    const now = clock.now();
    const told =
      settings.current.callbackOrderNumbers || row.orderNo === undefined ? data : { ...data, [row.orderNo]: undefined };
    const written = writeCallback({ topic, eventId, at: now, data: told }, voice.profile, voice.codec);
    const firstAt = now + delay + (reorder === undefined ? 0 : (reorder.ms ?? HELD_FOR_MS));
    const state: CallbackState = isAmong('dropCallback') ? 'DROPPED' : reorder === undefined ? 'PENDING' : 'HELD';
    const firstTry = (['unreadable', 'wrongSignature', 'duplicateCallback'] as const).find(isAmong) ?? null;
    database.run(
      'INSERT INTO callback (event_id, topic, ref, body, headers, state, first_at, tries, next_at, fault) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)',
      [
        eventId,
        topic,
        String(data[row.ref]),
        written.body,
        JSON.stringify(written.headers),
        state,
        firstAt,
        state === 'DROPPED' ? null : firstAt + (settings.current.callbackLadder[0] ?? 0),
        firstTry,
      ],
    );
    database.onCommit(this.onAdded);
  }

  due(now: number): readonly OutgoingCallback[] {
    return this.world.database
      .all('SELECT * FROM callback WHERE next_at <= ? ORDER BY next_at, seq LIMIT 100', [now])
      .map(fromRow);
  }

  /** When the next try is due of those that are not on their way. */
  nextAt(isOnItsWay: ReadonlyMap<string, unknown>): number | undefined {
    const rows = this.world.database.all(
      'SELECT event_id, next_at FROM callback WHERE next_at IS NOT NULL ORDER BY next_at LIMIT ?',
      [isOnItsWay.size + 1],
    );
    const next = rows.find((row) => !isOnItsWay.has(String(row['event_id'])))?.['next_at'];
    return typeof next === 'number' ? next : undefined;
  }

  byId(eventId: string): OutgoingCallback | undefined {
    const row = this.world.database.get('SELECT * FROM callback WHERE event_id = ?', [eventId]);
    return row === undefined ? undefined : fromRow(row);
  }

  /** Newest first. */
  list(filter: {
    readonly topic?: string;
    readonly ref?: string;
    readonly state?: string;
    readonly limit: number;
  }): readonly OutgoingCallback[] {
    const rows = this.world.database.all(
      `SELECT * FROM callback WHERE (? IS NULL OR topic = ?) AND (? IS NULL OR ref = ?) AND (? IS NULL OR state = ?) ORDER BY seq DESC LIMIT ?`,
      [
        filter.topic ?? null,
        filter.topic ?? null,
        filter.ref ?? null,
        filter.ref ?? null,
        filter.state ?? null,
        filter.state ?? null,
        filter.limit,
      ],
    );
    return rows.map(fromRow);
  }

  triesOf(eventId: string): readonly CallbackTry[] {
    return this.world.database
      .all('SELECT * FROM callback_try WHERE event_id = ? ORDER BY at, rowid', [eventId])
      .map((row) => ({
        at: Number(row['at']),
        ms: Number(row['ms']),
        status: typeof row['status'] === 'number' ? row['status'] : undefined,
        outcome: String(row['outcome']),
      }));
  }

  /** Sends it again, whatever became of it, and starts the ladder anew. */
  resend(eventId: string): boolean {
    const now = this.world.clock.now();
    const changed = this.world.database.run(
      `UPDATE callback SET state = 'PENDING', tries = 0, first_at = ?, next_at = ?, fault = NULL WHERE event_id = ?`,
      [now, now, eventId],
    );
    if (changed > 0) this.onAdded();
    return changed > 0;
  }

  /** Writes down a try and what it means for the next one. */
  record(
    callback: OutgoingCallback,
    attempt: CallbackTry & { readonly acknowledged: boolean; readonly signed: Signed },
  ): void {
    const { database, settings } = this.world;
    const tries = callback.tries + 1;
    const rung = settings.current.callbackLadder[tries];
    const state: CallbackState = attempt.acknowledged ? 'ACKNOWLEDGED' : rung === undefined ? 'GIVEN_UP' : 'PENDING';
    const nextAt = state === 'PENDING' ? Math.max(callback.firstAt + (rung ?? 0), attempt.at + attempt.ms) : null;
    database.transaction(() => {
      database.run('INSERT INTO callback_try (event_id, at, ms, status, outcome) VALUES (?, ?, ?, ?, ?)', [
        callback.eventId,
        attempt.at,
        attempt.ms,
        attempt.status ?? null,
        attempt.outcome,
      ]);
      // Sent again by hand meanwhile, it has a ladder of its own, which this try is none of.
      database.run(
        'UPDATE callback SET state = ?, tries = ?, next_at = ?, signed = ? WHERE event_id = ? AND first_at = ?',
        [state, tries, nextAt, JSON.stringify(callback.signed ?? attempt.signed), callback.eventId, callback.firstAt],
      );
      // It has overtaken those that were held back for it.
      database.run(`UPDATE callback SET state = 'PENDING', next_at = ? WHERE state = 'HELD' AND seq < ?`, [
        attempt.at,
        callback.seq,
      ]);
    });
  }
}

function fromRow(row: Row): OutgoingCallback {
  return {
    seq: Number(row['seq']),
    eventId: String(row['event_id']),
    topic: String(row['topic']) as CallbackTopic,
    ref: String(row['ref']),
    body: String(row['body']),
    headers: typeof row['headers'] === 'string' ? (JSON.parse(row['headers']) as Record<string, string>) : {},
    state: String(row['state']) as CallbackState,
    firstAt: Number(row['first_at']),
    tries: Number(row['tries']),
    nextAt: typeof row['next_at'] === 'number' ? row['next_at'] : undefined,
    fault: row['fault'] === null ? undefined : (String(row['fault']) as OutgoingCallback['fault']),
    signed: typeof row['signed'] === 'string' ? (JSON.parse(row['signed']) as Signed) : undefined,
  };
}

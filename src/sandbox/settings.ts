/** What a run of the sandbox can be told while it runs (`PUT /sandbox/settings`). Kept in the database, so a restart keeps them. */
import { z } from 'zod';
import type { Database } from './store/database';

/** Milliseconds until the sandbox decides by itself, or `manual`: it waits for the control plane. */
const delay = z.union([z.number().int().min(0).max(2_147_483_647), z.literal('manual')], {
  error: 'milliseconds (0 or more) or "manual"',
});
const milliseconds = z.number().int().min(0).max(2_147_483_647);

export const settingsSchema = z.strictObject({
  merchantAuditDelay: delay,
  walletAuditDelay: delay,
  cardholderAuditDelay: delay,
  arrivalDelay: delay,
  withdrawalDelay: delay,
  issueDelay: delay,
  /** Where callbacks go; `/{topic}` is added. `null`: they are kept, and sent once an address is set. */
  callbackUrl: z.url({ protocol: /^https?$/ }).nullable(),
  /** FalPay's pauses between two tries of a callback, from the moment it came about. */
  callbackLadder: z.array(milliseconds).min(1).max(50),
  callbackTimeout: milliseconds.min(1),
  /** `each`: every try carries a new timestamp and signature. `once`: the first one's, for as long as it is repeated. */
  callbackSigning: z.enum(['each', 'once']),
  /** Our order numbers in callbacks, which FalPay may leave out. */
  callbackOrderNumbers: z.boolean(),
  /** Seconds. */
  tokenLifetime: z.number().int().min(1).max(86_400),
});

export type SandboxSettings = Readonly<z.infer<typeof settingsSchema>>;
export type Delay = SandboxSettings['arrivalDelay'];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** As contract.md describes FalPay, with decisions made a second after the call. */
export const DEFAULT_SETTINGS: SandboxSettings = {
  merchantAuditDelay: 1_000,
  walletAuditDelay: 1_000,
  cardholderAuditDelay: 0,
  arrivalDelay: 1_000,
  withdrawalDelay: 1_000,
  issueDelay: 1_000,
  callbackUrl: null,
  callbackLadder: [0, 5_000, MINUTE, 5 * MINUTE, 20 * MINUTE, HOUR, 12 * HOUR, 24 * HOUR],
  callbackTimeout: 5_000,
  callbackSigning: 'each',
  callbackOrderNumbers: true,
  tokenLifetime: 60,
};

const NAME = 'settings';

export class Settings {
  private values: SandboxSettings;

  /** @param given what the start says explicitly: it wins over what an earlier run left in the database */
  constructor(
    private readonly database: Database,
    given: Partial<SandboxSettings>,
  ) {
    const stored = readSetting(database, NAME);
    const kept = stored === undefined ? {} : settingsSchema.partial().parse(stored);
    this.values = { ...DEFAULT_SETTINGS, ...kept };
    this.change(given);
  }

  get current(): SandboxSettings {
    return this.values;
  }

  /** @throws ZodError naming the setting */
  change(patch: unknown): SandboxSettings {
    const next = { ...this.values, ...settingsSchema.partial().parse(patch) };
    writeSetting(this.database, NAME, next);
    this.values = next;
    return next;
  }
}

export function readSetting(database: Database, name: string): unknown {
  const row = database.get('SELECT value FROM setting WHERE name = ?', [name]);
  return row === undefined ? undefined : JSON.parse(String(row['value']));
}

export function writeSetting(database: Database, name: string, value: unknown): void {
  database.run(
    'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    [name, JSON.stringify(value)],
  );
}

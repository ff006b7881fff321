/** How long flows wait, how often they ask meanwhile, and how long a call may take: defaults, and the file that overrides them. */
import { z } from 'zod';
import { operationNames, type OperationName } from '../falpay/contract/operations';
import type { WaitName, WaitPolicy } from '../messages/policy';
import { DURATION_RULE, formatDuration, parseDuration } from './duration';
import { nearest } from './nearest';
import type { SettingReader } from './reader';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Rungs a person would choose: soon, then rarer; the last one repeats until the deadline. */
const PATIENT = [5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR];

export const DEFAULT_WAITS: Readonly<Record<WaitName, WaitPolicy>> = {
  'merchant-audit': { ladderMs: PATIENT, deadlineMs: 14 * DAY },
  'wallet-audit': { ladderMs: PATIENT, deadlineMs: 14 * DAY },
  'wallet-recharge': { ladderMs: PATIENT, deadlineMs: 30 * DAY },
  // A bank pays out within days; what it refuses comes back within the same time.
  'wallet-withdrawal': { ladderMs: PATIENT, deadlineMs: 14 * DAY },
  'wallet-status': { ladderMs: [2 * SECOND, 5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE], deadlineMs: HOUR },
  'card-issue': { ladderMs: [2 * SECOND, 5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE], deadlineMs: HOUR },
  // How often an unknown limit change is looked at while it waits for an operator, whose block stands from the beginning.
  'limit-change': { ladderMs: [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, HOUR], deadlineMs: DAY },
  // A callback that beat the API response finds its flow within seconds; hours later only a person can help.
  parked: {
    ladderMs: [1, 3, 10, 30].map((seconds) => seconds * SECOND).concat(MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR),
    deadlineMs: DAY,
  },
  // A restart of the backend is over in minutes, a bad release in hours, and a weekend in three days.
  delivery: {
    ladderMs: [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR],
    deadlineMs: 3 * DAY,
  },
};

/** Entry of the file → the wait it sets, and the look-up whose time limit it sets. */
const WAIT_ENTRIES: Readonly<Record<string, { readonly wait: WaitName; readonly lookup?: OperationName }>> = {
  'merchant-audit': { wait: 'merchant-audit', lookup: 'getMerchant' },
  'wallet-audit': { wait: 'wallet-audit', lookup: 'getWallet' },
  'wallet-recharge': { wait: 'wallet-recharge', lookup: 'listWalletFlows' },
  // Its look-up is the recharge's, 查询卡钱包流水, and so is the time limit of that.
  'wallet-withdrawal': { wait: 'wallet-withdrawal' },
  // 开卡申请 and 修改卡钱包状态 have no callback of their own, so their waits go by the operation; its timeout is the operation's own.
  updateWalletStatus: { wait: 'wallet-status' },
  applyCard: { wait: 'card-issue' },
  'limit-change': { wait: 'limit-change' },
  parked: { wait: 'parked' },
  delivery: { wait: 'delivery' },
};

export const TIMING_ENTRIES: readonly string[] = [
  ...new Set(['defaults', ...Object.keys(WAIT_ENTRIES), ...operationNames]),
];

export interface Timings {
  readonly waits: Readonly<Record<WaitName, WaitPolicy>>;
  /** Limits of single FalPay calls that differ from the profile's, in milliseconds. */
  readonly timeoutsMs: Readonly<Partial<Record<OperationName, number>>>;
}

export const DEFAULT_TIMINGS: Timings = { waits: DEFAULT_WAITS, timeoutsMs: {} };

const MAX_WAIT = 365 * DAY;
/** FalPay's callers time out long before; and a worker drains no faster than its slowest call. */
const MAX_TIMEOUT = 5 * MINUTE;

const between = (least: number, most: number) =>
  z.string(`is no text; write ${DURATION_RULE}`).transform((text, context) => {
    const value = parseDuration(text);
    const wrong =
      value === undefined
        ? `"${text}" is no duration; write ${DURATION_RULE}`
        : value < least || value > most
          ? `"${text}" is not between ${formatDuration(least)} and ${formatDuration(most)}`
          : undefined;
    if (value !== undefined && wrong === undefined) return value;
    context.addIssue({ code: 'custom', message: wrong ?? '' });
    return z.NEVER;
  });

const entrySchema = z.object({
  ladder: z.array(between(1, MAX_WAIT), 'is no list').min(1, 'is empty').max(50, 'has more than 50 rungs').optional(),
  deadline: between(1, MAX_WAIT).optional(),
  timeout: between(1, MAX_TIMEOUT).optional(),
});
const ENTRY_KEYS = Object.keys(entrySchema.shape);
type Entry = z.infer<typeof entrySchema>;

const REMEDY =
  'write it like {"merchant-audit": {"ladder": ["5m", "1h"], "deadline": "14d", "timeout": "10s"}, "defaults": {"timeout": "10s"}}';

export function readTimings(reader: SettingReader): Timings {
  const file = reader.file('CARDFLOW_TIMINGS');
  if (file === undefined) return DEFAULT_TIMINGS;
  const wrong = (place: string, problem: string, remedy: string = REMEDY) =>
    reader.problems.add(place ? `CARDFLOW_TIMINGS: ${place}` : 'CARDFLOW_TIMINGS', problem, remedy);

  let content: unknown;
  try {
    content = JSON.parse(file.text);
  } catch (error) {
    wrong('', `${file.path} is not JSON (${(error as Error).message})`);
    return DEFAULT_TIMINGS;
  }
  if (!isRecord(content)) {
    wrong('', `${file.path} holds no JSON object`);
    return DEFAULT_TIMINGS;
  }

  const entries = new Map<string, Entry>();
  for (const [name, value] of Object.entries(content)) {
    if (!TIMING_ENTRIES.includes(name)) {
      wrong(name, 'is neither a topic nor an operation that can be timed', suggestion(name, TIMING_ENTRIES));
      continue;
    }
    if (!isRecord(value)) {
      wrong(name, 'is no JSON object');
      continue;
    }
    for (const key of Object.keys(value)) {
      if (!ENTRY_KEYS.includes(key)) wrong(`${name}.${key}`, 'is unknown', suggestion(key, ENTRY_KEYS));
      else if (key !== 'timeout' && name !== 'defaults' && !(name in WAIT_ENTRIES))
        wrong(`${name}.${key}`, 'has no effect: no flow waits for this operation', 'only a timeout can be set here');
    }
    const entry = entrySchema.safeParse(value);
    if (entry.success) entries.set(name, entry.data);
    else for (const issue of entry.error.issues) wrong([name, ...issue.path].join('.'), issue.message);
  }
  return combine(entries);
}

/** The nearer wins: an operation's own entry, then its topic's, then `defaults`, then what is built in. */
function combine(entries: ReadonlyMap<string, Entry>): Timings {
  const defaults = entries.get('defaults');
  const waits: Record<WaitName, WaitPolicy> = { ...DEFAULT_WAITS };
  const timeoutsMs: Partial<Record<OperationName, number>> = {};
  if (defaults?.timeout !== undefined) for (const name of operationNames) timeoutsMs[name] = defaults.timeout;
  for (const [name, { wait, lookup }] of Object.entries(WAIT_ENTRIES)) {
    const entry = entries.get(name);
    waits[wait] = {
      ladderMs: entry?.ladder ?? defaults?.ladder ?? DEFAULT_WAITS[wait].ladderMs,
      deadlineMs: entry?.deadline ?? defaults?.deadline ?? DEFAULT_WAITS[wait].deadlineMs,
    };
    if (lookup && entry?.timeout !== undefined) timeoutsMs[lookup] = entry.timeout;
  }
  for (const name of operationNames) {
    const timeout = entries.get(name)?.timeout;
    if (timeout !== undefined) timeoutsMs[name] = timeout;
  }
  return { waits, timeoutsMs };
}

function suggestion(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant ? `did you mean ${meant}?` : `known: ${known.join(', ')}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

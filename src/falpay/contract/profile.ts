import { type InputIssue, InvalidInput, issuesOf } from '../errors';
import { profileIssues } from './profile-checks';
import { defaultProfile } from './profile.default';
import { FalpayProfile, type OperationProfile } from './profile-schema';

export {
  type CodeMeaning,
  FalpayProfile,
  type Lookup,
  type OperationProfile,
  type SignedPart,
  type StatusMeaning,
  type WireWord,
} from './profile-schema';

/**
 * The default profile, with the parts of `overrideJson` laid over it. Objects are merged, everything else (arrays
 * too) is replaced; `null` takes an optional entry away.
 * @param overrideJson the text of an override file, or its parsed content; the same shape as the default, any part
 * @throws InvalidInput that names each wrong or unknown entry, such as `operations.createMerchant.timeoutMs`
 */
export function loadProfile(overrideJson?: string | object): FalpayProfile {
  const override = typeof overrideJson === 'string' ? parseOverride(overrideJson) : (overrideJson ?? {});
  const parsed = FalpayProfile.safeParse(merge(defaultProfile, override));
  if (!parsed.success) throw refusal(issuesOf(parsed.error));
  const issues = profileIssues(parsed.data);
  if (issues.length > 0) throw refusal(issues);
  return parsed.data;
}

function parseOverride(text: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw refusal([{ path: '', message: `is not JSON (${(error as Error).message})` }]);
  }
  if (isRecord(parsed)) return parsed;
  throw refusal([{ path: '', message: 'must be a JSON object of the same shape as the default' }]);
}

function merge(base: unknown, override: unknown): unknown {
  if (!isRecord(base) || !isRecord(override)) return override;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(override)) {
    if (value === null) delete merged[key];
    else merged[key] = Object.hasOwn(base, key) ? merge(base[key], value) : value;
  }
  return merged;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const refusal = (issues: readonly InputIssue[]): InvalidInput => new InvalidInput('FalPay profile', issues);

/** After how long "not found" counts as proof for this operation, counted from when the call was given up. */
export function settleMsOf(operation: OperationProfile): number {
  return operation.lookup?.settleMs ?? 2 * operation.timeoutMs;
}

/** The contract profile a process works with: the default, FALPAY_PROFILE laid over it, then the timeouts of CARDFLOW_TIMINGS. */
import { InvalidInput } from '../falpay/errors';
import { loadProfile, type FalpayProfile } from '../falpay/contract/profile';
import type { OperationName } from '../falpay/contract/operations';
import type { SettingReader } from './reader';
import type { Timings } from './timings';

const REMEDY = 'correct the file: the same shape as the default profile, any part of it';

export function readProfile(reader: SettingReader): FalpayProfile | undefined {
  const file = reader.file('FALPAY_PROFILE');
  try {
    return loadProfile(file?.text);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    for (const { path, message } of error.issues)
      reader.problems.add(path ? `FALPAY_PROFILE: ${path}` : 'FALPAY_PROFILE', message, REMEDY);
    return undefined;
  }
}

export function withTimeouts(profile: FalpayProfile, { timeoutsMs }: Pick<Timings, 'timeoutsMs'>): FalpayProfile {
  const operations = { ...profile.operations };
  for (const [name, timeoutMs] of Object.entries(timeoutsMs) as [OperationName, number][]) {
    if (name !== 'getToken') operations[name] = { ...operations[name], timeoutMs };
  }
  return {
    ...profile,
    token: { ...profile.token, timeoutMs: timeoutsMs.getToken ?? profile.token.timeoutMs },
    operations,
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadProfile, type FalpayProfile } from '../../src/falpay/contract/profile';

/** A profile as different from the default as a real provider could be: what runs under both depends on neither. */
export const OTHER_PROFILE_FILE = join(__dirname, '..', 'fixtures', 'profile.other.json');

export const otherProfile = (): FalpayProfile => loadProfile(readFileSync(OTHER_PROFILE_FILE, 'utf8'));

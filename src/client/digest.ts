import { createHash } from 'node:crypto';
import { canonicalJson } from '../messages';

/** Lower-case hex SHA-256 of the canonical JSON. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

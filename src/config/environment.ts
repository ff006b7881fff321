/** CARDFLOW_ENVIRONMENT, and what production refuses. */
import { isIP } from 'node:net';
import type { SettingReader } from './reader';
import { distance } from './nearest';
import { parsed } from './schemas';

/** Words people use for production: taken at their word, they would slip past production's rules. */
const MEANS_PRODUCTION = ['prod', 'prd', 'live', 'produktion'];

/** `production` and `production-eu` alike. */
export function isProduction(environment: string): boolean {
  return environment === 'production' || environment.startsWith('production-');
}

export const environmentName = parsed((text) => {
  const word = text.toLowerCase();
  const first = word.split(/[-_]/)[0] ?? word;
  const looksLikeProduction = MEANS_PRODUCTION.includes(first) || distance(first, 'production') <= 2;
  if (looksLikeProduction && !isProduction(text))
    return { wrong: `"${text}" looks like production but is not spelt so: production's safety rules would not hold` };
  return /^[a-z][a-z0-9-]{0,38}$/.test(text)
    ? { value: text }
    : { wrong: `"${text}" is not 1 to 39 lower-case letters, digits and hyphens, beginning with a letter` };
});

const REMEDY = 'set it to local, test, sandbox, production or another word of your own';

export function readEnvironment(reader: SettingReader): string | undefined {
  return reader.require('CARDFLOW_ENVIRONMENT', environmentName, REMEDY);
}

/** True for an address that cannot be the real FalPay: unencrypted, or on this machine. */
export function isSandboxUrl(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return protocol !== 'https:' || isThisMachine(hostname);
}

function isThisMachine(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (bare === 'localhost' || bare.endsWith('.localhost')) return true;
  if (isIP(bare) === 4) return bare.startsWith('127.') || bare === '0.0.0.0';
  // URL parsing has already shortened IPv6 and turned ::ffff:127.0.0.1 into ::ffff:7f00:1.
  return isIP(bare) === 6 && (bare === '::1' || bare === '::' || /^::ffff:(7f[0-9a-f]{2}:|0:0$)/.test(bare));
}

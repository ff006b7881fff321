import { join } from 'node:path';
import type { LocalKeys } from './local-keys';
import { loopback } from './ports';

/** Settings of the user's own that `npm start` hands on; the rest could point a sandbox at something real. */
const handedOn = [
  'CARDFLOW_TIMINGS',
  'FALPAY_PROFILE',
  'LOG_LEVEL',
  'GATEWAY_RATE_LIMIT',
  'BACKEND_WEBHOOK_URL',
  'BACKEND_WEBHOOK_SECRET',
  'SANDBOX_AUDIT_DELAY',
  'SANDBOX_ARRIVAL_DELAY',
  'SANDBOX_ISSUE_DELAY',
];
const settingPattern = /^(TEMPORAL|CARDFLOW|FALPAY|GATEWAY|SANDBOX|CODEC|BACKEND|S3)_|^(METRICS_PORT|LOG_LEVEL)$/;

export interface LocalPorts {
  readonly gateway: number;
  readonly sandbox: number;
  readonly workerMetrics: number;
}

export interface LocalStackSettings {
  readonly temporalAddress: string;
  readonly ports: LocalPorts;
  readonly keys: LocalKeys;
  readonly dataFolder: string;
  /** What the sandbox takes for an audit, a payment, a card, unless the user has set that. */
  readonly delay: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Everything of the user's environment that is no setting: PATH, HOME, proxies. */
export function surroundings(env: Environment): Record<string, string> {
  const kept = Object.entries(env).filter(
    ([name]) => !settingPattern.test(name) || handedOn.includes(name.replace(/_FILE$/, '')),
  );
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** What all processes that talk to Temporal need: also what a person needs to run `npx cardflow` against this stack. */
export function temporalSettings(address: string): Record<string, string> {
  return { CARDFLOW_ENVIRONMENT: 'local', TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default' };
}

function falpaySettings({ ports, keys }: LocalStackSettings): Record<string, string> {
  return {
    FALPAY_BASE_URL: `http://${loopback}:${ports.sandbox}`,
    FALPAY_CLIENT_ID: keys.clientId,
    FALPAY_CLIENT_SECRET_FILE: keys.clientSecretFile,
    FALPAY_PRIVATE_KEY_FILE: keys.clientPrivateKeyFile,
    FALPAY_PLATFORM_PUBLIC_KEYS_FILE: keys.platformPublicKeyFile,
  };
}

export function workerSettings(stack: LocalStackSettings): Record<string, string> {
  return {
    ...temporalSettings(stack.temporalAddress),
    ...falpaySettings(stack),
    METRICS_PORT: String(stack.ports.workerMetrics),
  };
}

export function gatewaySettings(stack: LocalStackSettings): Record<string, string> {
  return {
    ...temporalSettings(stack.temporalAddress),
    ...falpaySettings(stack),
    GATEWAY_HOST: loopback,
    GATEWAY_PORT: String(stack.ports.gateway),
    GATEWAY_API_KEYS_FILE: stack.keys.apiKeysFile,
  };
}

export function sandboxSettings(stack: LocalStackSettings, env: Environment): Record<string, string> {
  const { keys, ports, delay } = stack;
  const asked = (name: string): Record<string, string> => (env[name] !== undefined ? {} : { [name]: delay });
  return {
    CARDFLOW_ENVIRONMENT: 'local',
    FALPAY_CLIENT_ID: keys.clientId,
    FALPAY_CLIENT_SECRET_FILE: keys.clientSecretFile,
    SANDBOX_HOST: loopback,
    SANDBOX_PORT: String(ports.sandbox),
    SANDBOX_DB: join(stack.dataFolder, 'sandbox.db'),
    SANDBOX_CALLBACK_URL: `http://${loopback}:${ports.gateway}/callbacks/falpay`,
    SANDBOX_CLIENT_PUBLIC_KEY_FILE: keys.clientPublicKeyFile,
    SANDBOX_PLATFORM_PRIVATE_KEY_FILE: keys.platformPrivateKeyFile,
    ...asked('SANDBOX_AUDIT_DELAY'),
    ...asked('SANDBOX_ARRIVAL_DELAY'),
    ...asked('SANDBOX_ISSUE_DELAY'),
  };
}

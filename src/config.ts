/**
 * The one configuration: read from the environment once, at a process's start, and passed on as data.
 *
 * Each `load…Config` either returns a complete, checked configuration or throws one {@link ConfigError} that lists every mistake
 * with its remedy. Secrets are never part of a message.
 */
import { readCodec, type CodecConfig } from './config/codec';
import { isProduction, readEnvironment } from './config/environment';
import {
  readClientPublicKey,
  readCredentials,
  readFalpay,
  readPlatformPrivateKey,
  type FalpayAccess,
} from './config/falpay';
import {
  DEFAULT_GATEWAY,
  localUrl,
  readApiKeys,
  readListen,
  readRateLimit,
  type ApiKey,
  type Listen,
} from './config/gateway';
import { Problems } from './config/problems';
import { readFiles, type FilesConfig } from './config/files';
import { readOffline, type OfflineConfig } from './config/offline';
import { readProfile, withTimeouts } from './config/profile';
import { SettingReader, type Environment } from './config/reader';

import { delay, httpUrl, logLevel, port, type LogLevel } from './config/schemas';
import { readTemporal, type TemporalConfig } from './config/temporal';
import { readTimings, type Timings } from './config/timings';
import { readReconcileAt, type TimeOfDay } from './config/time-of-day';
import { readWebhook, type WebhookConfig } from './config/webhook';
import type { FalpayProfile } from './falpay/contract/profile';

export { API_ROLES, type ApiKey, type ApiRole, type ApiScope, type Listen } from './config/gateway';
export { isProduction } from './config/environment';
export { isLocalKey, LOCAL_KEY_MARKER, LOCAL_NAME_PREFIX, markLocalKey } from './config/keys';
export { flowPolicy } from './config/policy';
export { ConfigError, type Problem } from './config/problems';
export type { OfflineConfig } from './config/offline';
export { SETTING_NAMES, SETTINGS, type SettingName } from './config/settings';
export { DEFAULT_TIMINGS, type Timings } from './config/timings';
export type { CodecConfig } from './config/codec';
export type { Environment } from './config/reader';
export type { LogLevel } from './config/schemas';
export type { TemporalConfig, TemporalTls } from './config/temporal';
export type { FilesConfig, S3Config } from './config/files';
export type { TimeOfDay } from './config/time-of-day';
export type { WebhookConfig } from './config/webhook';

export interface FalpayConfig extends FalpayAccess {
  /** Timeouts of CARDFLOW_TIMINGS included. */
  readonly profile: FalpayProfile;
}

/** What every process that touches flows needs. */
export interface FlowsConfig {
  readonly environment: string;
  readonly production: boolean;
  readonly temporal: TemporalConfig;
  /** Absent: payloads are kept in Temporal as they are. */
  readonly codec?: CodecConfig;
  readonly logLevel: LogLevel;
}

export interface WorkerConfig extends FlowsConfig {
  /** When the day before is reconciled, in FalPay's zone. */
  readonly reconcileAt: TimeOfDay | 'off';
  readonly falpay: FalpayConfig;
  readonly timings: Timings;
  readonly webhook?: WebhookConfig;
  /** Serves /metrics, /healthz and /readyz; 0 takes a free one. */
  readonly metricsPort?: number;
}

export interface GatewayConfig extends FlowsConfig {
  readonly falpay: FalpayConfig;
  readonly gateway: Listen & { readonly apiKeys: readonly ApiKey[]; readonly rateLimit: number };
  readonly files: FilesConfig;
}

/** Milliseconds, or `manual`: the control plane decides. Absent: as the sandbox's database or its defaults have it. */
export type SandboxDelay = number | 'manual' | undefined;

export interface SandboxConfig {
  readonly listen: Listen;
  /** Absent: in memory. */
  readonly dbPath?: string;
  /** `/{topic}` is appended. */
  readonly callbackUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** SPKI in PEM. */
  readonly clientPublicKey: string;
  /** PKCS#8 in PEM. */
  readonly platformPrivateKey: string;
  readonly profile: FalpayProfile;
  readonly auditDelay: SandboxDelay;
  readonly arrivalDelay: SandboxDelay;
  readonly issueDelay: SandboxDelay;
  readonly logLevel: LogLevel;
}

export interface CliConfig extends FlowsConfig {
  /** The gateway of this configuration, as reached from this machine. */
  readonly gatewayUrl: string;
  /** Where the sandbox listens, as reached from this machine. */
  readonly sandboxUrl: string;
  /** Signs callbacks for `cardflow trigger`; the sandbox's alone, never FalPay's. */
  readonly platformPrivateKey?: string;
  readonly profile: FalpayProfile;
}

/** @throws ConfigError */
export function loadWorkerConfig(env: Environment): WorkerConfig {
  return load<WorkerConfig>(env, (reader) => {
    const flows = readFlows(reader);
    const timings = readTimings(reader);
    return {
      ...flows,
      falpay: readFalpayConfig(reader, flows.production, timings),
      timings,
      reconcileAt: readReconcileAt(reader),
      webhook: readWebhook(reader),
      metricsPort: reader.read('METRICS_PORT', port, 'give a number from 0 to 65535'),
    };
  });
}

/** @throws ConfigError */
export function loadGatewayConfig(env: Environment): GatewayConfig {
  return load<GatewayConfig>(env, (reader) => {
    const flows = readFlows(reader);
    return {
      ...flows,
      falpay: readFalpayConfig(reader, flows.production, readTimings(reader)),
      gateway: {
        ...readListen(reader, 'GATEWAY', DEFAULT_GATEWAY),
        apiKeys: readApiKeys(reader, flows.production),
        rateLimit: readRateLimit(reader),
      },
      files: readFiles(reader),
    };
  });
}

/** @throws ConfigError */
export function loadSandboxConfig(env: Environment): SandboxConfig {
  return load<SandboxConfig>(env, (reader) => {
    const environment = reader.text('CARDFLOW_ENVIRONMENT');
    if (environment !== undefined && isProduction(environment))
      reader.problems.add(
        'CARDFLOW_ENVIRONMENT',
        'is production, where no sandbox may run',
        'give it another word here',
      );
    const delayRemedy = 'write a duration like "0s" or "2s", or "manual"';
    return {
      listen: readListen(reader, 'SANDBOX', DEFAULT_SANDBOX),
      dbPath: reader.text('SANDBOX_DB'),
      callbackUrl:
        reader.read('SANDBOX_CALLBACK_URL', httpUrl, 'write it like http://127.0.0.1:8080/callbacks/falpay') ??
        `${localUrl(readListen(reader, 'GATEWAY', DEFAULT_GATEWAY))}/callbacks/falpay`,
      ...readCredentials(reader),
      clientPublicKey: readClientPublicKey(reader),
      platformPrivateKey: readPlatformPrivateKey(reader, 'required'),
      profile: readProfile(reader),
      auditDelay: reader.read('SANDBOX_AUDIT_DELAY', delay, delayRemedy),
      arrivalDelay: reader.read('SANDBOX_ARRIVAL_DELAY', delay, delayRemedy),
      issueDelay: reader.read('SANDBOX_ISSUE_DELAY', delay, delayRemedy),
      logLevel: readLogLevel(reader),
    };
  });
}

/** @throws ConfigError */
export function loadCliConfig(env: Environment): CliConfig {
  return load<CliConfig>(env, (reader) => ({
    ...readFlows(reader),
    gatewayUrl: localUrl(readListen(reader, 'GATEWAY', DEFAULT_GATEWAY)),
    sandboxUrl: localUrl(readListen(reader, 'SANDBOX', DEFAULT_SANDBOX)),
    platformPrivateKey: readPlatformPrivateKey(reader, 'optional'),
    profile: readProfile(reader),
  }));
}

/** For commands that talk to the sandbox alone: where it listens, as reached from this machine. @throws ConfigError */
export function loadSandboxAddress(env: Environment): string {
  return load<{ readonly url: string }>(env, (reader) => ({
    url: localUrl(readListen(reader, 'SANDBOX', DEFAULT_SANDBOX)),
  })).url;
}

/** For `cardflow upload`: the store of files alone. @throws ConfigError */
export function loadFilesConfig(env: Environment): FilesConfig {
  return load<FilesConfig>(env, readFiles);
}

/** For commands that talk to nobody: nothing is required. @throws ConfigError */
export function loadOfflineConfig(env: Environment): OfflineConfig {
  return load<OfflineConfig>(env, readOffline);
}

const DEFAULT_SANDBOX: Listen = { host: '127.0.0.1', port: 8090 };

type Draft<T> = { readonly [K in keyof T]: T[K] | undefined };

/** A draft without problems is complete: every part that may not be absent is noted as a problem where it is missing. */
function load<T>(env: Environment, read: (reader: SettingReader) => Draft<T>): T {
  const reader = new SettingReader(env, new Problems());
  const draft = read(reader);
  reader.checkNames();
  reader.problems.throwIfAny();
  return draft as T;
}

function readFlows(reader: SettingReader) {
  const environment = readEnvironment(reader);
  const production = environment !== undefined && isProduction(environment);
  return {
    environment,
    production,
    temporal: readTemporal(reader),
    codec: readCodec(reader, production),
    logLevel: readLogLevel(reader),
  };
}

function readFalpayConfig(reader: SettingReader, production: boolean, timings: Timings): FalpayConfig | undefined {
  const profile = readProfile(reader);
  const access = readFalpay(reader, production, profile);
  return access && profile && { ...access, profile: withTimeouts(profile, timings) };
}

function readLogLevel(reader: SettingReader): LogLevel {
  return reader.read('LOG_LEVEL', logLevel, 'write trace, debug, info, warn, error or fatal') ?? 'info';
}

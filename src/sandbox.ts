/** Process: the FalPay sandbox, configured by the environment alone. */
import { ConfigError, loadSandboxConfig, type SandboxConfig } from './config';
import { createLogger } from './logging';
import { createSandbox, type SandboxServer, type SandboxSettings } from './sandbox/index';

async function main(): Promise<void> {
  const config = readConfig();
  const logger = createLogger({ service: 'sandbox', level: config.logLevel });
  const sandbox = createSandbox({
    clientId: config.clientId,
    clientSecret: config.clientSecret,
    clientPublicKey: config.clientPublicKey,
    platformPrivateKey: config.platformPrivateKey,
    host: config.listen.host,
    port: config.listen.port,
    dbFile: config.dbPath,
    profile: config.profile,
    settings: settingsOf(config),
    logger,
  });
  stopOnSignals(sandbox, () => logger.info('stopped'));
  await sandbox.start();
  logger.info({ url: sandbox.url, callbackUrl: config.callbackUrl, db: config.dbPath ?? 'memory' }, 'sandbox is up');
}

/** Every mistake at once, without a stack: it is the reader's settings, not our code. */
function readConfig(): SandboxConfig {
  try {
    return loadSandboxConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** Only what was set: the rest stays as the database, or the default, has it. */
function settingsOf(config: SandboxConfig): Partial<SandboxSettings> {
  const { auditDelay, arrivalDelay, issueDelay } = config;
  return {
    callbackUrl: config.callbackUrl,
    ...(auditDelay === undefined ? {} : { merchantAuditDelay: auditDelay, walletAuditDelay: auditDelay }),
    ...(arrivalDelay === undefined ? {} : { arrivalDelay }),
    ...(issueDelay === undefined ? {} : { issueDelay }),
  };
}

function stopOnSignals(sandbox: SandboxServer, onStopped: () => void): void {
  const stop = (): void => {
    sandbox.stop().then(
      () => {
        onStopped();
        process.exit(0);
      },
      (error: unknown) => fail(error),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function fail(error: unknown): never {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

if (require.main === module) main().catch(fail);

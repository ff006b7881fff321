/** What the long-running processes share: how they begin with a bad configuration, and how they are asked to stop. */
import { ConfigError } from './config';
import { createLogger, type Logger } from './logging';

/** A mistake in the configuration is told in plain words: whoever reads it sits before a terminal or a deployment's log. */
export function configOrExit<Config>(service: string, load: (env: NodeJS.ProcessEnv) => Config): Config {
  try {
    return load(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    createLogger({ service }).fatal({ problems: error.problems }, error.message);
    process.exit(2);
  }
}

/** Aborts at the first SIGTERM or SIGINT; the second ends the process at once. The texts are what the log then says. */
export function stopSignals(log: Logger, texts: { readonly first: string; readonly second: string }): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        log.warn({ signal: name }, texts.second);
        process.exit(1);
      }
      log.info({ signal: name }, texts.first);
      controller.abort();
    });
  }
  return controller.signal;
}

import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { failure } from './failure';

export interface StartOptions {
  /** End after the onboarding instead of staying up. */
  readonly once: boolean;
  /** The last line is one JSON object. */
  readonly json: boolean;
  /** Where database, keys and logs go instead of the user's data folder. */
  readonly data?: string;
  /** How long the sandbox takes for each decision. */
  readonly delay?: string;
}

export const usage = `Usage: npm start [-- options]

Starts Temporal, a FalPay sandbox, the gateway and the worker on this machine, runs one whole onboarding, and stays up.

  --once          end after the onboarding; exit code 0 when it succeeded
  --json          the last line of the output is one JSON object with state, timings and addresses
  --delay 5s      how long the sandbox takes for an audit, a payment, a card (0 to 10m; default 2s, with --once 0)
  --data FOLDER   keep database, keys and logs there; a second stack can run beside the first with a folder of its own
  --help          this text
`;

/** @throws BootstrapFailure an argument nobody knows, or one without a proper value, followed by the usage */
export function parseOptions(args: readonly string[]): StartOptions | 'help' {
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        once: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        data: { type: 'string' },
        delay: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    return {
      once: values.once,
      json: values.json,
      ...(values.data === undefined ? {} : { data: folder(values.data) }),
      ...(values.delay === undefined ? {} : { delay: checkedDelay(values.delay) }),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure(reason.split('. To specify')[0] ?? reason, usage);
  }
}

function folder(data: string): string {
  if (data.trim() === '') throw new Error('--data needs a folder');
  return resolve(data);
}

function checkedDelay(delay: string): string {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(delay) ?? [];
  const factor = { ms: 1, s: 1_000, m: 60_000 }[unit ?? 'ms'];
  const ms = amount === undefined || (unit === undefined && amount !== '0') ? NaN : Number(amount) * (factor ?? NaN);
  if (!(ms <= 600_000)) throw new Error(`--delay ${delay} is no duration from 0 to 10m; write 500ms, 5s or 1m`);
  return delay === '0' ? '0s' : delay;
}

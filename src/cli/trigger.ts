import { randomUUID, type KeyObject } from 'node:crypto';
import axios from 'axios';
import type { Command } from 'commander';
import { loadCliConfig } from '../config';
import {
  callbackScheme,
  callbackTopics,
  insideTime,
  isCallbackTopic,
  readPrivateKey,
  signatureHeaders,
  writeCallback,
  type CallbackDraft,
  type CallbackTopic,
} from '../falpay';
import { CliFailure, EXIT } from './failure';
import { parseJson, readJson, readText, type Io } from './io';

interface TriggerOptions {
  readonly file?: string;
  readonly data?: string;
  readonly url?: string;
  readonly key?: string;
  readonly signedAt?: string;
  readonly json?: boolean;
}

const ANSWER_WITHIN_MS = 10_000;

/** `trigger`: sends a callback as FalPay would, signed with the platform's private key, which only the sandbox's owner has. */
export function triggerCommand(program: Command, io: Io): void {
  program
    .command('trigger')
    .description('send a signed callback to the gateway, for trying')
    .argument('<topic>', callbackTopics.join(', '))
    .option('--data <json>', "the callback's data, or its whole body")
    .option('--file <file>', 'the same from a file; - for standard input')
    .option('--url <url>', 'the gateway; default: GATEWAY_HOST and GATEWAY_PORT on this machine')
    .option('--key <file>', "the platform's private key; default: SANDBOX_PLATFORM_PRIVATE_KEY")
    .option('--signed-at <time>', 'ISO 8601; default: now')
    .option('--json', 'print JSON')
    .action(async (topic: string, options: TriggerOptions) => {
      if (!isCallbackTopic(topic)) {
        throw new CliFailure(`"${topic}" is no topic; topics: ${callbackTopics.join(', ')}`, EXIT.usage);
      }
      const { profile, gatewayUrl, platformPrivateKey } = loadCliConfig(io.env);
      const key = signingKey(options, platformPrivateKey);
      const now = new Date();
      const draft = draftOf(await given(io, options), topic, insideTime(now, profile.time.zone));
      const { path, headers, body } = writeCallback(draft, profile);
      const signature = signatureHeaders(
        { body },
        { key, profile, now: signedAt(options, now).getTime(), scheme: callbackScheme(profile.signature) },
      );
      const url = `${(options.url ?? gatewayUrl).replace(/\/+$/, '')}/callbacks/falpay${path}`;
      const answer = await send(url, body, { ...headers, ...signature });
      io.out(options.json ? JSON.stringify(answer) : `${answer.status} ${answer.body}`);
      if (answer.status !== profile.callbacks.acknowledgement.status) {
        throw new CliFailure(`the gateway did not acknowledge the callback (HTTP ${answer.status})`);
      }
    });
}

function signingKey({ key: file }: TriggerOptions, fromSettings: string | undefined): KeyObject {
  if (file !== undefined) return readPrivateKey(readText(file), file);
  if (fromSettings !== undefined) return readPrivateKey(fromSettings, 'SANDBOX_PLATFORM_PRIVATE_KEY');
  throw new CliFailure('no key to sign with: set SANDBOX_PLATFORM_PRIVATE_KEY, or give --key <file>', EXIT.usage);
}

async function given(io: Io, { data, file }: TriggerOptions): Promise<Readonly<Record<string, unknown>>> {
  if ((data === undefined) === (file === undefined)) throw new CliFailure('give --data or --file', EXIT.usage);
  const value = data === undefined ? await readJson(io, file ?? '-') : parseJson(data, '--data');
  if (!isObject(value)) throw new CliFailure("the callback's data must be a JSON object", EXIT.usage);
  return value;
}

/** The data alone is enough; whoever wants a certain event id or time gives `{eventId, occurredAt, data}`. */
function draftOf(value: Readonly<Record<string, unknown>>, topic: CallbackTopic, now: string): CallbackDraft {
  const { data, eventId, occurredAt } = value;
  if (!isObject(data)) return { topic, eventId: randomUUID(), occurredAt: now, data: value };
  return {
    topic,
    eventId: typeof eventId === 'string' ? eventId : randomUUID(),
    occurredAt: typeof occurredAt === 'string' ? occurredAt : now,
    data,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function signedAt({ signedAt: text }: TriggerOptions, now: Date): Date {
  const at = text === undefined ? now : new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new CliFailure('--signed-at must be a time such as 2026-01-05T10:00:00Z', EXIT.usage);
  return at;
}

async function send(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; body: string }> {
  try {
    const { status, data } = await axios.post<string>(url, body, {
      headers: { ...headers, 'content-type': 'application/json' },
      timeout: ANSWER_WITHIN_MS,
      responseType: 'text',
      transformResponse: (text: string) => text,
      validateStatus: () => true,
      proxy: false,
    });
    return { status, body: data };
  } catch (error) {
    const code = axios.isAxiosError(error) ? (error.code ?? error.message) : String(error);
    throw new CliFailure(`the gateway at ${url} does not answer (${code})`);
  }
}

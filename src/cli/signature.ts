import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Command, Option } from 'commander';
import { loadOfflineConfig, type OfflineConfig } from '../config';
import {
  answerScheme,
  callbackScheme,
  type Diagnosis,
  diagnoseSignature,
  type FalpayProfile,
  type NamedKey,
  newNonce,
  readPrivateKey,
  readPublicKey,
  sign,
  type SignatureScheme,
  signedBytes,
  splitKeys,
  timestampOf,
} from '../falpay';
import { CliFailure, EXIT } from './failure';
import { readGiven, type Io } from './io';
import { readSignedMessage, type SignatureParts } from './signed-message';

/** Who acts, as FalPay's tool has it: the client signs (1) what the server checks (2); the server signs (3) what the client checks (4). */
type Party = 'client' | 'server';
const PARTIES: Readonly<Record<string, Party>> = { client: 'client', server: 'server' };

interface SignOptions {
  readonly key?: string;
  readonly callback?: boolean;
  readonly timestamp?: string;
  readonly nonce?: string;
  readonly method?: string;
  readonly path?: string;
  readonly clientId?: string;
  readonly show?: boolean;
  readonly json?: boolean;
}

interface VerifyOptions extends SignatureParts {
  readonly key?: readonly string[];
  readonly also?: readonly string[];
  readonly at?: string;
  readonly callback?: boolean;
  readonly json?: boolean;
}

/** 签名验签工具: `sign client` (1.客户端签名), `verify server` (2.服务端验签), `sign server` (3.服务端签名), `verify client` (4.客户端验签). */
export function signatureCommands(program: Command, io: Io): void {
  program
    .command('sign')
    .description('签名: sign a body as the profile says, and print the headers')
    .argument('<party>', 'client: 1.客户端签名, with our key; server: 3.服务端签名, with the platform’s')
    .argument('[file]', 'the body; - for standard input', '-')
    .option('--key <file>', 'the private key: PEM or Base64, PKCS#8 or PKCS#1; default: of the settings')
    .option('--timestamp <text>', 'default: now')
    .option('--nonce <text>', 'default: made by chance')
    .option('--callback', 'of the server: a callback, where the profile has it signed otherwise than an answer')
    .option('--method <method>', 'of the client: where the profile signs it')
    .option('--path <path>', 'of the client: where the profile signs it')
    .option('--client-id <id>', 'of the client: where the profile signs it')
    .option('--show', 'show the string that is signed as well')
    .option('--json', 'print JSON')
    .action(async (party: string, file: string, options: SignOptions) =>
      signCommand(io, partyOf(party), file, options),
    );

  program
    .command('verify')
    .description('验签: check a signature, and say why it does not fit')
    .argument('<party>', 'server: 2.服务端验签, of our request; client: 4.客户端验签, of FalPay’s answer or callback')
    .argument('[file]', 'the body, to the byte; - for standard input', '-')
    .option('--headers <file>', 'the message’s headers, one a line, or as a JSON object')
    .option('--message <file>', 'headers and body in one: a whole HTTP message as it was captured')
    .option('--signature <text>', 'instead of the header')
    .option('--timestamp <text>', 'instead of the header')
    .option('--nonce <text>', 'instead of the header')
    .option('--callback', 'for the client: a callback, where the profile has it signed otherwise than an answer')
    .option('--method <method>', 'for the server: the request’s')
    .option('--path <path>', 'for the server: the request’s')
    .option('--client-id <id>', 'for the server: the request’s')
    .option('--key <file...>', 'the public keys: PEM or Base64, SPKI or PKCS#1; default: of the settings')
    .option('--also <file...>', 'keys that may have been used by mistake')
    .addOption(new Option('--at <time>', 'when the message arrived, ISO 8601').default(undefined, 'now'))
    .option('--json', 'print JSON')
    .action(async (party: string, file: string, options: VerifyOptions) =>
      verifyCommand(io, partyOf(party), file, options),
    );
}

async function signCommand(io: Io, party: Party, file: string, options: SignOptions): Promise<void> {
  const config = loadOfflineConfig(io.env);
  const { profile } = config;
  if (file === '-' && options.key === '-')
    throw new CliFailure('body and key cannot both come from standard input', EXIT.usage);
  const key =
    options.key === undefined
      ? ownKey(party, config)
      : readPrivateKey((await readGiven(io, options.key)).toString(), options.key);
  const scheme = schemeOf(profile, party === 'client', options);
  const { method = profile.http.method, path, clientId } = options;
  const message = {
    timestamp: options.timestamp ?? timestampOf(Date.now(), scheme, profile.time),
    nonce: options.nonce ?? newNonce(scheme),
    body: await readGiven(io, file),
    ...{ method, path, clientId },
  };
  for (const part of scheme.parts)
    if (message[part === 'sortedFields' ? 'body' : part] === undefined)
      throw new CliFailure(
        `the profile signs the ${part}: give --${part === 'clientId' ? 'client-id' : part}`,
        EXIT.usage,
      );
  const signature = signOrTell(() => sign(message, key, scheme));
  const { timestamp, nonce } = message;
  const stringToSign = options.show ? signedBytes(message, scheme).toString() : undefined;
  if (options.json) return io.out(JSON.stringify({ timestamp, nonce, signature, stringToSign }));
  io.out(`${profile.headers.timestamp}: ${timestamp}`);
  io.out(`${profile.headers.nonce}: ${nonce}`);
  io.out(`${profile.headers.signature}: ${signature}`);
  if (stringToSign !== undefined) io.out(`\n# The string that is signed:\n${stringToSign}`);
}

/** Requests, answers and callbacks may each be signed in their own way. */
function schemeOf(profile: FalpayProfile, isRequest: boolean, { callback }: { callback?: boolean }): SignatureScheme {
  if (isRequest) return profile.signature;
  return callback ? callbackScheme(profile.signature) : answerScheme(profile.signature);
}

function signOrTell(work: () => string): string {
  try {
    return work();
  } catch (error) {
    // The scheme signs sorted fields, and this body has none.
    if (error instanceof SyntaxError)
      throw new CliFailure(`the body cannot be signed by this profile: ${error.message}`);
    throw error;
  }
}

async function verifyCommand(io: Io, party: Party, file: string, options: VerifyOptions): Promise<void> {
  const config = loadOfflineConfig(io.env);
  const { profile } = config;
  const given = await readSignedMessage(io, file, options, profile.headers);
  const settings = keysOf(party, config);
  const expected = options.key === undefined ? settings.expected : await publicKeys(io, options.key);
  if (expected.length === 0)
    throw new CliFailure(`no key to check with: give --key <file>, or set ${settings.from}`, EXIT.usage);
  const diagnosis = diagnoseSignature({
    ...given,
    scheme: schemeOf(profile, party === 'server', options),
    expected,
    others: [
      ...(await publicKeys(io, options.also ?? [])),
      // A key given by hand is another one than the settings', which may then be the one that was meant.
      ...(options.key === undefined ? [] : settings.expected),
      ...settings.others,
    ],
    arrival: { now: arrivedAt(options.at), profile },
  });
  io.out(options.json ? JSON.stringify(diagnosis) : told(diagnosis));
  if (!diagnosis.valid) throw new CliFailure('the signature is not accepted');
}

function told({ valid, key, findings }: Diagnosis): string {
  const verdict = valid ? `valid: signed by ${key ?? 'the key'}` : 'not valid';
  return [verdict, ...findings.map(({ code, message }) => `  ${code}: ${message}`)].join('\n');
}

function ownKey(party: Party, { clientPrivateKey, platformPrivateKey }: OfflineConfig): KeyObject {
  const [key, setting] =
    party === 'client'
      ? [clientPrivateKey, 'FALPAY_PRIVATE_KEY']
      : [platformPrivateKey, 'SANDBOX_PLATFORM_PRIVATE_KEY'];
  if (key !== undefined) return key;
  throw new CliFailure(`no key to sign with: give --key <file>, or set ${setting}`, EXIT.usage);
}

interface KnownKeys {
  readonly expected: readonly NamedKey[];
  readonly others: readonly NamedKey[];
  /** The settings that could hold them. */
  readonly from: string;
}

function keysOf(checker: Party, config: OfflineConfig): KnownKeys {
  const { clientPrivateKey, clientPublicKey, platformPublicKeys, platformPrivateKey } = config;
  const client: NamedKey[] = [
    ...(clientPublicKey ? [{ name: 'the client’s key (SANDBOX_CLIENT_PUBLIC_KEY)', key: clientPublicKey }] : []),
    ...(clientPrivateKey
      ? [{ name: 'the client’s key (FALPAY_PRIVATE_KEY)', key: createPublicKey(clientPrivateKey) }]
      : []),
  ];
  const platform: NamedKey[] = [
    ...platformPublicKeys.map((key, index) => ({
      name: `the platform’s key (FALPAY_PLATFORM_PUBLIC_KEYS, number ${index + 1})`,
      key,
    })),
    ...(platformPrivateKey
      ? [{ name: 'the sandbox’s key (SANDBOX_PLATFORM_PRIVATE_KEY)', key: createPublicKey(platformPrivateKey) }]
      : []),
  ];
  return checker === 'server'
    ? { expected: client, others: platform, from: 'FALPAY_PRIVATE_KEY or SANDBOX_CLIENT_PUBLIC_KEY' }
    : { expected: platform, others: client, from: 'FALPAY_PLATFORM_PUBLIC_KEYS' };
}

async function publicKeys(io: Io, files: readonly string[]): Promise<readonly NamedKey[]> {
  const keys: NamedKey[] = [];
  for (const file of files) {
    const parts = splitKeys((await readGiven(io, file)).toString());
    if (parts.length === 0) throw new CliFailure(`${file} holds no key`);
    parts.forEach((text, index) => {
      const name = parts.length === 1 ? `the key of ${file}` : `key ${index + 1} of ${file}`;
      keys.push({ name, key: readPublicKey(text, file) });
    });
  }
  return keys;
}

function arrivedAt(text: string | undefined): number {
  const millis = text === undefined ? Date.now() : Date.parse(text);
  if (Number.isNaN(millis)) throw new CliFailure('--at must be a time such as 2026-01-05T10:00:00Z', EXIT.usage);
  return millis;
}

function partyOf(text: string): Party {
  const party = PARTIES[text];
  if (party !== undefined) return party;
  throw new CliFailure(`"${text}" is neither client nor server`, EXIT.usage);
}

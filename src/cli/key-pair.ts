import { createPublicKey, type KeyObject } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { generateKeyPair, type KeyForm, readPrivateKey, readPublicKey, writeKey, writeKeyPair } from '../falpay';
import { CliFailure } from './failure';
import { readText, type Io } from './io';

interface FormOptions {
  readonly format: KeyForm['encoding'];
  readonly pkcs1?: boolean;
}
interface GenerateOptions extends FormOptions {
  readonly out?: string;
  readonly json?: boolean;
}

/** `keys generate` (生成秘钥对) and `keys convert`. */
export function keyPairCommands(keys: Command, io: Io): void {
  withForm(keys.command('generate'))
    .description('生成秘钥对: an RSA-2048 pair: the private half signs our requests, the public half goes to FalPay')
    .option('--out <folder>', 'write private-key and public-key files there instead of printing them')
    .option('--json', 'print JSON')
    .action(async (options: GenerateOptions) => generate(io, options));

  withForm(keys.command('convert'))
    .description('write an RSA key in another form: PEM or Base64, PKCS#8 and SPKI or PKCS#1')
    .argument('<file>', 'a private or public key in any of these forms; - for standard input')
    .option('--public', 'the public half of a private key')
    .action(async (file: string, options: FormOptions & { public?: boolean }) => {
      const text = file === '-' ? await io.stdin() : readText(file);
      const key = anyKey(text, file === '-' ? 'standard input' : file);
      io.out(
        writeKey(options.public && key.type === 'private' ? createPublicKey(key) : key, formOf(options)).trimEnd(),
      );
    });
}

function withForm(command: Command): Command {
  return command
    .addOption(new Option('--format <format>', 'how to write it').choices(['base64', 'pem']).default('base64'))
    .option('--pkcs1', 'as PKCS#1 (BEGIN RSA … KEY) instead of PKCS#8 and SPKI');
}

const formOf = ({ format, pkcs1 }: FormOptions): KeyForm => ({ encoding: format, pkcs: pkcs1 ? 1 : 8 });

async function generate(io: Io, options: GenerateOptions): Promise<void> {
  const { out, json, format } = options;
  const pair = writeKeyPair(await generateKeyPair(), formOf(options));
  if (out !== undefined) {
    const ending = format === 'pem' ? 'pem' : 'b64';
    const files = { privateKey: join(out, `private-key.${ending}`), publicKey: join(out, `public-key.${ending}`) };
    mkdirSync(out, { recursive: true });
    writeNew(files.privateKey, pair.privateKey, 0o600);
    writeNew(files.publicKey, pair.publicKey, 0o644);
    const told = `${files.privateKey}: FALPAY_PRIVATE_KEY_FILE\n${files.publicKey}: give it to FalPay`;
    return io.out(json ? JSON.stringify(files) : told);
  }
  if (json) return io.out(JSON.stringify(pair));
  // A PEM has line ends: in an environment file they are written as \n, and read so as well.
  io.out(`FALPAY_PRIVATE_KEY=${format === 'pem' ? JSON.stringify(pair.privateKey) : pair.privateKey}`);
  io.out(`\n# Public half, for FalPay's console:\n${pair.publicKey.trimEnd()}`);
}

/** A private key where it is one, else a public one; the error is the private key's when the text looks like one. */
function anyKey(text: string, name: string): KeyObject {
  if (/-----BEGIN[A-Z ]* PRIVATE KEY-----/.test(text)) return readPrivateKey(text, name);
  if (text.includes('-----BEGIN')) return readPublicKey(text, name);
  try {
    return readPublicKey(text, name);
  } catch {
    return readPrivateKey(text, name);
  }
}

/** An existing key is never overwritten: FalPay may know only that one. */
function writeNew(file: string, text: string, mode: number): void {
  try {
    writeFileSync(file, `${text.trimEnd()}\n`, { mode, flag: 'wx' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new CliFailure(
      code === 'EEXIST' ? `${file} exists already; it is not overwritten` : `${file} cannot be written (${code})`,
    );
  }
}

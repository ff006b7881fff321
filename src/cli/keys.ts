import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { API_ROLES, type ApiKey, type ApiRole } from '../config';
import { generateKeyPair } from '../falpay';
import { CliFailure, EXIT } from './failure';
import type { Io } from './io';

/** `keys generate`, `keys api`. */
export function keyCommands(program: Command, io: Io): void {
  const keys = program.command('keys').description('make keys');

  keys
    .command('generate')
    .description('an RSA-2048 pair: the private half signs our requests, the public half goes to FalPay')
    .option('--out <folder>', 'write private-key.b64 and public-key.b64 there instead of printing them')
    .option('--json', 'print JSON')
    .action(async ({ out, json }: { out?: string; json?: boolean }) => {
      const pair = await generateKeyPair();
      if (out !== undefined) {
        const files = { privateKey: join(out, 'private-key.b64'), publicKey: join(out, 'public-key.b64') };
        mkdirSync(out, { recursive: true });
        writeNew(files.privateKey, pair.privateKey, 0o600);
        writeNew(files.publicKey, pair.publicKey, 0o644);
        io.out(
          json
            ? JSON.stringify(files)
            : `${files.privateKey}: FALPAY_PRIVATE_KEY_FILE\n${files.publicKey}: give it to FalPay`,
        );
        return;
      }
      if (json) return io.out(JSON.stringify(pair));
      io.out(`FALPAY_PRIVATE_KEY=${pair.privateKey}`);
      io.out(`\n# Public half, for FalPay's console:\n${pair.publicKey}`);
    });

  keys
    .command('api')
    .description('an API key of the gateway; it is shown this once')
    .requiredOption('--name <name>', 'the actor in every record of what the key does')
    .requiredOption('--roles <roles>', `with commas between: ${API_ROLES.join(', ')}`)
    .option('--json', 'print JSON')
    .action(({ name, roles, json }: { name: string; roles: string; json?: boolean }) => {
      const key = randomBytes(32).toString('base64url');
      const entry: ApiKey = {
        name: checkedName(name),
        sha256: createHash('sha256').update(key).digest('hex'),
        roles: checkedRoles(roles),
      };
      if (json) return io.out(JSON.stringify({ key, entry }));
      io.out(`key (keep it; it is not stored): ${key}`);
      io.out(`entry for GATEWAY_API_KEYS:      ${JSON.stringify(entry)}`);
    });
}

/** An existing key is never overwritten: FalPay may know only that one. */
function writeNew(file: string, text: string, mode: number): void {
  try {
    writeFileSync(file, `${text}\n`, { mode, flag: 'wx' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new CliFailure(
      code === 'EEXIST' ? `${file} exists already; it is not overwritten` : `${file} cannot be written (${code})`,
    );
  }
}

function checkedName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/.test(name)) return name;
  throw new CliFailure('--name must be 1 to 64 letters, digits or . _ @ -', EXIT.usage);
}

function checkedRoles(text: string): readonly ApiRole[] {
  const names = text.split(',').map((name) => name.trim());
  const roles = API_ROLES.filter((role) => names.includes(role));
  const unknown = names.filter((name) => !roles.some((role) => role === name));
  if (unknown.length > 0) {
    throw new CliFailure(`--roles: "${unknown.join(', ')}" is none of ${API_ROLES.join(', ')}`, EXIT.usage);
  }
  if (roles.every((role) => role === 'card:reveal')) {
    throw new CliFailure(
      '--roles: card:reveal adds to a role; give one of backend, operator, finance as well',
      EXIT.usage,
    );
  }
  return roles;
}

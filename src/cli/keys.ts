import { createHash, randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { API_ROLES, type ApiKey, type ApiRole } from '../config';
import { CliFailure, EXIT } from './failure';
import type { Io } from './io';
import { keyPairCommands } from './key-pair';

/** `keys generate`, `keys convert`, `keys api`. */
export function keyCommands(program: Command, io: Io): void {
  const keys = program.command('keys').description('make keys');

  keyPairCommands(keys, io);

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

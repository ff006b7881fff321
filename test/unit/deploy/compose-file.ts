/** The deployment files as data: what Compose would see, and what the Dockerfile says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const ROOT = join(__dirname, '../../..');
export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly target: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
}

export interface Compose {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, object>>;
}

/** Merge keys resolved, variables still as written. */
export function composeFile(): Compose {
  return parse(read('docker-compose.yml'), { merge: true }) as Compose;
}

export interface Variable {
  readonly name: string;
  readonly fallback?: string;
}

/** `${NAME:-fallback}` wherever Compose substitutes. */
export function variables(text: string): readonly Variable[] {
  return [...text.matchAll(/\$\{(\w+)(?::-([^}]*))?\}/g)].map(([, name = '', fallback]) => ({ name, fallback }));
}

/** As Compose substitutes when nothing is set. */
export function withDefaults(text: string): string {
  return text.replace(/\$\{\w+:-([^}]*)\}/g, '$1');
}

export interface Stage {
  readonly name: string;
  readonly base: string;
  readonly env: Readonly<Record<string, string>>;
  readonly expose: readonly string[];
  readonly cmd?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly healthcheck?: readonly string[];
  readonly user?: string;
  readonly lines: readonly string[];
}

/** One entry per FROM, line continuations joined. */
export function dockerStages(): readonly Stage[] {
  const lines = read('Dockerfile')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const starts = lines.flatMap((line, index) => (line.startsWith('FROM ') ? [index] : []));
  return starts.map((start, index) => stage(lines.slice(start, starts[index + 1])));
}

function stage(lines: readonly string[]): Stage {
  const [, base = '', name = ''] = /^FROM (\S+) AS (\S+)$/.exec(lines[0] ?? '') ?? [];
  const args = (instruction: string) =>
    lines.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1));
  const json = (text: string | undefined) => (text === undefined ? undefined : (JSON.parse(text) as string[]));
  return {
    name,
    base,
    env: Object.fromEntries(
      args('ENV').flatMap((line) => line.split(' ').map((pair) => pair.split('=') as [string, string])),
    ),
    expose: args('EXPOSE'),
    cmd: json(args('CMD')[0]),
    entrypoint: json(args('ENTRYPOINT')[0]),
    healthcheck: json(/CMD (\[.*\])$/.exec(args('HEALTHCHECK')[0] ?? '')?.[1]),
    user: args('USER').at(-1),
    lines,
  };
}

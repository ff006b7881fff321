/** Reads settings from the environment, values in files included, and notes every mistake instead of stopping at the first. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { nearest } from './nearest';
import type { Problems } from './problems';
import { OWN_PREFIXES, SETTING_NAMES, SETTINGS, type Setting, type SettingName } from './settings';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Kubernetes and Docker links put such names into every container that can see a service called `cardflow-…`. */
const SERVICE_LINK = /_(SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?)$/;

export class SettingReader {
  private readonly texts = new Map<SettingName, string | undefined>();

  constructor(
    private readonly env: Environment,
    readonly problems: Problems,
  ) {}

  /** The value as text; an empty one counts as unset, since compose files pass `${NAME:-}`. */
  text(name: SettingName): string | undefined {
    if (!this.texts.has(name)) this.texts.set(name, this.fetch(name));
    return this.texts.get(name);
  }

  /** The parsed value; undefined when unset or wrong (then noted). */
  read<T>(name: SettingName, schema: z.ZodType<T, string>, remedy: string): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const result = schema.safeParse(text);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const place = issue.path.length > 0 ? `${name}: ${issue.path.map(printable).join('.')}` : name;
      this.problems.add(place, issue.message, remedy);
    }
    return undefined;
  }

  /** As {@link read}, and notes a mistake when unset. */
  require<T>(name: SettingName, schema: z.ZodType<T, string>, remedy: string): T | undefined {
    this.demand(name, remedy);
    return this.read(name, schema, remedy);
  }

  demand(name: SettingName, remedy: string): string | undefined {
    const text = this.text(name);
    // A file that could not be read has been told already.
    if (text === undefined && this.problems.clean(name) && this.problems.clean(`${name}_FILE`))
      this.problems.add(name, 'is not set', remedy);
    return text;
  }

  /** The file a setting names, as text. */
  file(name: SettingName): { readonly path: string; readonly text: string } | undefined {
    const path = this.text(name);
    const text = path === undefined ? undefined : this.load(name, path);
    return path === undefined || text === undefined ? undefined : { path, text };
  }

  /** Notes each CARDFLOW_… and FALPAY_… name that no part of Cardflow knows. */
  checkNames(): void {
    const known: readonly string[] = SETTING_NAMES.flatMap((name) => [name, `${name}_FILE`]);
    for (const name of Object.keys(this.env)) {
      if (!OWN_PREFIXES.some((prefix) => name.startsWith(prefix)) || known.includes(name)) continue;
      const meant = nearest(name, known);
      this.problems.add(
        name,
        'is no setting of Cardflow',
        SERVICE_LINK.test(name)
          ? 'it looks like a Kubernetes service link: set enableServiceLinks: false on the pod'
          : meant
            ? `did you mean ${meant}?`
            : 'remove it',
      );
    }
  }

  private fetch(name: SettingName): string | undefined {
    const value = this.env[name]?.trim() || undefined;
    const path = this.env[`${name}_FILE`]?.trim() || undefined;
    if (value !== undefined && path !== undefined)
      return this.problems.add(name, `is set twice: by itself and by ${name}_FILE`, 'keep one of the two');
    return path === undefined ? value : this.fromFile(name, path);
  }

  private fromFile(name: SettingName, path: string): string | undefined {
    const text = this.load(`${name}_FILE`, path)?.trim();
    return text === ''
      ? this.problems.add(`${name}_FILE`, `the file ${path} is empty`, 'write the value into it')
      : text;
  }

  private load(name: string, path: string): string | undefined {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`;
      return this.problems.add(name, `the file ${path} ${why}`, 'name a file that this process may read');
    }
  }
}

/** A key in the place of its id must not be printed either. */
function printable(segment: PropertyKey): string {
  const text = String(segment);
  return /^[\w.-]{1,40}$/.test(text) ? text : '(unprintable)';
}

export function isSecret(name: string): boolean {
  const settings: Readonly<Record<string, Setting>> = SETTINGS;
  return settings[name.replace(/_FILE$/, '')]?.secret === true;
}

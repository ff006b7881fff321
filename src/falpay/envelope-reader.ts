import { decode, parseLossless } from './contract/codec';
import type { FalpayProfile } from './contract/profile';
import { z } from 'zod';
import { quotable } from './redact';

export type Envelope =
  | {
      readonly ok: true;
      readonly success: boolean;
      readonly code: string;
      readonly message: string;
      readonly data: unknown;
    }
  | { readonly ok: false; readonly problem: string };

/** Reads `RestResult{success, code, message, data}` [A] under the profile's names, without losing a digit. */
export function readEnvelope(text: string | undefined, profile: FalpayProfile): Envelope {
  const names = profile.envelope;
  if (text === undefined) return { ok: false, problem: 'not UTF-8' };
  let parsed: unknown;
  try {
    parsed = parseLossless(text);
  } catch {
    return { ok: false, problem: 'not JSON' };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { ok: false, problem: 'not a JSON object' };
  const field = (name: string): unknown =>
    Object.hasOwn(parsed, name) ? (parsed as Readonly<Record<string, unknown>>)[name] : undefined;

  const rawCode = field(names.code);
  const code = rawCode === undefined || rawCode === null ? '' : String(rawCode);
  const isSuccessCode = code === names.successCode;
  const success = names.success === undefined ? isSuccessCode : decode(z.boolean(), field(names.success), profile);
  if (typeof success !== 'boolean') return { ok: false, problem: `without a boolean "${names.success}"` };
  // Without a field of success, an object without a code would be a refusal that nobody spoke.
  if (names.success === undefined && code === '') return { ok: false, problem: `without a "${names.code}"` };
  if (success !== isSuccessCode)
    return {
      ok: false,
      problem: `contradicting itself ("${names.success}": ${success}, "${names.code}": ${quotable(code)})`,
    };
  const message = field(names.message);
  return { ok: true, success, code, message: typeof message === 'string' ? message : '', data: field(names.data) };
}

/** The text of a body, or undefined when it is not UTF-8. */
export function utf8(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

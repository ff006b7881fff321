/** Zod schemas for single settings: text in, value out. Messages say what is wrong and never repeat the value of a secret. */
import { z } from 'zod';
import { DURATION_RULE, parseDuration } from './duration';

/** A schema from a function that returns the value, or a text that says what is wrong. */
export function parsed<T>(
  parse: (text: string) => { readonly value: T } | { readonly wrong: string },
): z.ZodType<T, string> {
  return z.string().transform((text, context): T => {
    const result = parse(text);
    if ('value' in result) return result.value;
    context.addIssue({ code: 'custom', message: result.wrong });
    return z.NEVER;
  });
}

export const port = parsed((text) => {
  const value = Number(text);
  return /^\d{1,5}$/.test(text) && value <= 65_535 ? { value } : { wrong: `"${text}" is no port` };
});

export const host = parsed((text) =>
  /^[A-Za-z0-9._:-]+$/.test(text) ? { value: text } : { wrong: `"${text}" is no host name or IP address` },
);

export const duration = parsed((text) => {
  const value = parseDuration(text);
  return value === undefined ? { wrong: `"${text}" is no duration; write ${DURATION_RULE}` } : { value };
});

export const delay = parsed<number | 'manual'>((text) => {
  const value = text === 'manual' ? text : parseDuration(text);
  return value === undefined ? { wrong: `"${text}" is neither "manual" nor a duration` } : { value };
});

/** An http(s) URL without credentials, query or fragment: those would reach logs. */
export const exactUrl = parsed(plainUrl);

/** The same without a slash at its end: paths are appended to it. */
export const httpUrl = parsed((text) => {
  const read = plainUrl(text);
  return 'value' in read ? { value: read.value.replace(/\/+$/, '') } : read;
});

function plainUrl(text: string): { readonly value: string } | { readonly wrong: string } {
  if (!URL.canParse(text)) return { wrong: 'is no URL' };
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { wrong: 'is neither http:// nor https://' };
  if (url.username || url.password) return { wrong: 'holds a user name or password' };
  if (url.search || url.hash) return { wrong: 'holds a query or a fragment' };
  return { value: `${url.origin}${url.pathname}` };
}

export const hostAndPort = parsed((text) =>
  /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/.test(text)
    ? { value: /:\d{1,5}$/.test(text.replace(/^\[.*\]/, '')) ? text : `${text}:7233` }
    : { wrong: `"${text}" is not host:port` },
);

export const flag = parsed((text) => {
  if (/^(true|1)$/i.test(text)) return { value: true };
  return /^(false|0)$/i.test(text) ? { value: false } : { wrong: `"${text}" is neither true nor false` };
});

export const nonEmpty = z.string().min(1, 'is empty');

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const logLevel = parsed<LogLevel>((text) => {
  const value = LOG_LEVELS.find((level) => level === text.toLowerCase());
  return value ? { value } : { wrong: `"${text}" is no level` };
});

/** JSON text, then the shape. A duplicated or unreadable JSON says where, without repeating the text around the place. */
export function json<T>(shape: z.ZodType<T>): z.ZodType<T, string> {
  return parsed<unknown>((text) => {
    try {
      return { value: JSON.parse(text) as unknown };
    } catch (error) {
      // V8's message quotes the text, which may be a secret: only its position is kept.
      const position = /position (\d+)/.exec(String(error))?.[1];
      return { wrong: position ? `is not JSON (character ${position})` : 'is not JSON' };
    }
  }).pipe(shape) as z.ZodType<T, string>;
}

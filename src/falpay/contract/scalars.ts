import { z } from 'zod';
import { isCountry, isCurrency, minorDigits } from './iso';
import { maskCardNumbers } from '../redact';
import { type WordListName, wordLists, type WordOf } from './words';

/*
 * Requests are ours, so their scalars are strict: a typing mistake must be told before FalPay is called. Answers and
 * callbacks are FalPay's, so theirs (prefix `wire`) take what comes as long as it cannot be misread.
 *
 * `wireKind` and `wireWords` in the metadata tell the seam to the wire (codec.ts) what a text is, so that it can be
 * written as the profile says: bare numbers, epoch times, other words for a status. `amountIn` is the field beside an
 * amount that holds its currency; rates have none.
 */

/** One of our order numbers: FalPay takes 1-64 of letters, digits, `_` and `-`. [I] */
export const orderNo = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 characters of A-Z, a-z, 0-9, "_" and "-"');

/** An id that FalPay gave: 19-digit numbers are usual, so it is text and never a JS number. */
export const falpayId = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'must be an id as FalPay gave it, 1 to 64 characters, as a string')
  .meta({ wireKind: 'id' });

const PLAIN_DECIMAL = /^(0|[1-9]\d{0,15})(\.\d{1,8})?$/;
const plainDecimal = z
  .string('must be a decimal string such as "100.00", not a number')
  .regex(PLAIN_DECIMAL, 'must be a plain decimal string in major units such as "100.00": no sign, exponent or spaces');

/** An amount in major units that is more than zero. Its decimals are checked against the currency by `checkAmount`. */
export const positiveAmount = plainDecimal
  .refine((text) => !PLAIN_DECIMAL.test(text) || /[1-9]/.test(text), { error: 'must be more than zero' })
  .meta({ wireKind: 'amount', amountIn: 'currency' });

/** A percentage, 0 < share <= 100, at most 4 decimals, as a decimal string. */
export const percentage = z
  .string('must be a percentage as a decimal string such as "51.5"')
  .regex(/^(100(\.0{1,4})?|[1-9]?\d(\.\d{1,4})?)$/, 'must be a percentage from 0 to 100 with at most 4 decimals')
  .refine((text) => /[1-9]/.test(text), { error: 'must be more than zero' })
  .meta({ wireKind: 'amount' });

/** ISO 4217, capitals. */
export const currency = z
  .string()
  .refine(isCurrency, { error: 'must be an ISO 4217 currency in capitals, such as "USD"' })
  .meta({ wireWords: 'currency' });

/** ISO 3166-1 alpha-2, capitals. */
export const country = z
  .string()
  .refine(isCountry, { error: 'must be an ISO 3166-1 alpha-2 country in capitals, such as "HK"' })
  .meta({ wireWords: 'country' });

/** A date that exists, `yyyy-MM-dd`. */
export const date = z.iso.date('must be a date that exists, as yyyy-MM-dd').meta({ wireKind: 'date' });

// Nobody's today is later than UTC+14's; a sharper limit would refuse a true date somewhere.
const latestToday = (): string => new Date(Date.now() + 14 * 3_600_000).toISOString().slice(0, 10);

/** A date that exists and has been: birthdays, registrations. */
export const pastDate = date.refine((text) => text >= '1800-01-01' && text <= latestToday(), {
  error: 'must be a date of the past',
});

const TIME = /^(\d{4}-\d{2}-\d{2}) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;

/** A time in FalPay's zone (profile `time.zone`), `yyyy-MM-dd HH:mm:ss`. [I] */
export const time = z
  .string()
  .refine((text) => date.safeParse(TIME.exec(text)?.[1]).success, {
    error: "must be a time that exists, as yyyy-MM-dd HH:mm:ss in FalPay's zone",
  })
  .meta({ wireKind: 'time' });

/** Text of a person's making: not blank, no control characters, no spaces at its ends. */
export const text = (max: number) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .regex(/^(?!\s)[^\u0000-\u001f\u007f]*(?<!\s)$/, 'must not have control characters or spaces at its ends');

export const email = z.email('must be an e-mail address').max(128);
export const phone = z
  .string()
  .regex(
    /^\+?\d(?:[ -]?\d){4,18}$/,
    'must be a telephone number: digits, optionally a leading + and single - or spaces',
  );
export const phoneCode = z.string().regex(/^[1-9]\d{0,3}$/, 'must be a country calling code: digits without +');
export const httpsUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).max(512);

/** The key of an uploaded file. */
export const fileKey = z
  .string()
  .regex(/^[A-Za-z0-9!_.*'()/=+@:-]{1,512}$/, 'must be the key of an uploaded file, 1 to 512 characters');

const id = z.string().min(1).max(128);

/** An id of FalPay's in an answer. */
export const wireId = id.meta({ wireKind: 'id' });
/** One of our order numbers in an answer: text whatever the profile says of ids, since "007" is not 7. */
export const wireOrderNo = id;
/** Digits that are no id, such as a BIN: text whatever the profile says of ids. */
export const wireDigits = id;
/** Text in an answer; card numbers in it are masked before anybody sees it. */
export const wireText = z.string().overwrite(maskCardNumbers);
/** A time in an answer: `yyyy-MM-dd HH:mm:ss` in FalPay's zone inside, or as it came where it is no time we can read. */
export const wireTime = z.string().min(1).max(64).meta({ wireKind: 'time' });
export const wireCurrency = z.string().min(1).max(16).meta({ wireWords: 'currency' });
export const wireCountry = z.string().min(1).max(16).meta({ wireWords: 'country' });

/**
 * A rate in an answer: plain decimal, or with an exponent as Java's BigDecimal writes it, or with leading zeros;
 * becomes plain, and no longer than `amount` in money.ts reads.
 */
export const wireRate = z
  .string()
  .regex(/^[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,2})?$/, 'is not a decimal number')
  .overwrite(plain)
  .max(64, 'is no amount that anybody could pay')
  .meta({ wireKind: 'amount' });

/** An amount in an answer, in major units inside, of the currency in the field `currencyField`. */
export const wireAmountIn = (currencyField: string) => wireRate.meta({ amountIn: currencyField });
export const wireAmount = wireAmountIn('currency');

function plain(value: string): string {
  if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(value)) return value;
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] =
    /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(value) ?? [];
  const shift = whole.length + Number(exponent);
  const digits = whole + fraction;
  const padded = shift <= 0 ? '0'.repeat(1 - shift) + digits : digits.padEnd(shift, '0');
  const point = Math.max(shift, 1);
  const integer = padded.slice(0, point).replace(/^0+(?=\d)/, '');
  const decimals = padded.slice(point);
  return `${sign === '-' ? '-' : ''}${integer}${decimals && `.${decimals}`}`;
}

/** A value from a list that FalPay may lengthen: unknown ones are kept as they come and mean nothing to us. */
export type Open<Known extends string> = Known | (string & Record<never, never>);
export function openList<Name extends WordListName>(name: Name): z.ZodType<Open<WordOf<Name>>, Open<WordOf<Name>>> {
  const list = z.string().min(1).max(64).meta({ examples: wordLists[name], wireWords: name });
  return list as unknown as z.ZodType<Open<WordOf<Name>>, Open<WordOf<Name>>>;
}

/** A word in a request: one of the list, and nothing else. */
export const closedList = <Name extends WordListName>(name: Name) =>
  z.enum(wordLists[name] as (typeof wordLists)[Name]).meta({ wireWords: name });

/** A word to filter by in a query, or one that FalPay gave before: it may be one we do not know. */
export const filterWord = (name: WordListName) => text(32).meta({ wireWords: name });

/** The refinement for models with an amount and its currency: no more decimals than the currency has. */
export function checkAmount<Field extends string>(field: Field) {
  return (model: Readonly<Record<Field | 'currency', string>>, context: z.core.$RefinementCtx): void => {
    const digits = minorDigits(model.currency);
    const decimals = model[field].split('.')[1]?.length ?? 0;
    if (decimals <= digits) return;
    context.addIssue({
      code: 'custom',
      path: [field],
      message: `must have at most ${digits} decimals in ${model.currency}`,
    });
  };
}

/** The refinement for queries by time: ordered, and at most 90 days (FalPay's limit). [I] */
export function checkTimeRange(
  query: { readonly startTime?: string | undefined; readonly endTime?: string | undefined },
  context: z.core.$RefinementCtx,
): void {
  if (query.startTime === undefined || query.endTime === undefined) return;
  const millis =
    Date.parse(`${query.endTime.replace(' ', 'T')}Z`) - Date.parse(`${query.startTime.replace(' ', 'T')}Z`);
  if (millis < 0) context.addIssue({ code: 'custom', path: ['endTime'], message: 'must not be before startTime' });
  if (millis > 90 * 86_400_000)
    context.addIssue({ code: 'custom', path: ['endTime'], message: 'must be at most 90 days after startTime' });
}

/** The refinement for queries that need one of two keys. */
export function checkOneOf(...keys: readonly string[]) {
  return (query: Readonly<Record<string, unknown>>, context: z.core.$RefinementCtx): void => {
    if (keys.some((key) => query[key] !== undefined)) return;
    context.addIssue({ code: 'custom', path: [keys[0] ?? ''], message: `one of ${keys.join(', ')} must be given` });
  };
}

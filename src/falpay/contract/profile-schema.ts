import { z } from 'zod';
import { callbackTopics, type CallbackTopic } from './callbacks';
import { operationNames, type OperationName } from './operations';
import { patternProblem } from './time-pattern';

/*
 * The shape of the profile. What each entry is by default, and why, stands in profile.default.ts; what entries must be
 * together is checked in profile-checks.ts.
 */

const millis = z.int().min(1).max(3_600_000);
const path = z.string().regex(/^\/[A-Za-z0-9/_.~-]*$/, 'must be a path that begins with "/" and has no query');
const partOfPath = z
  .string()
  .regex(/^(\/[A-Za-z0-9_.~-]+)*$/, 'must be empty, or a path that begins with "/" and does not end with it');
const header = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'must be a header name');
const key = z
  .string()
  .min(1)
  .max(64)
  .refine((name) => name !== '__proto__', { error: 'must not be __proto__, which is no field in JavaScript' });
/** A value as JSON has it: `1` and `"1"` are written differently and read alike. */
const wireWord = z.union([z.string().min(1).max(64), z.int(), z.boolean()], {
  error: 'must be a text, a whole number or a boolean',
});
export type WireWord = z.infer<typeof wireWord>;
const wireWords = z.union([wireWord, z.array(wireWord).min(1)], {
  error: 'must be a text, a whole number or a boolean, or a list of them',
});

/** A status of HTTP, or a class of them such as `5xx`; the exact one wins. */
const httpStatus = z
  .string()
  .regex(/^[1-5](\d\d|xx)$/, 'must be an HTTP status such as "401", or a class such as "5xx"');
const statusMeaning = z.enum(['token', 'auth', 'unavailable', 'unknown']);
/**
 * What an HTTP status says alone, before the body is looked at, hence without a signature: `token` (ours was refused,
 * renew it once), `auth` (credentials or key refused), `unavailable` (not processed), `unknown` (a creating call may
 * have been carried out).
 */
export type StatusMeaning = z.infer<typeof statusMeaning>;

/**
 * What a signature covers, in this order. `sortedFields`: the body's top-level fields as `key=value&key=value`, by key.
 * `method` and `path` (as in the request line, without query) are the request's.
 */
const signedPart = z.enum(['timestamp', 'nonce', 'body', 'sortedFields', 'method', 'path', 'clientId']);
export type SignedPart = z.infer<typeof signedPart>;
const signedParts = z
  .array(signedPart)
  .min(1)
  .max(7)
  .refine(signsBodyOnce, { error: 'must hold "body" or "sortedFields" once, and nothing twice' });

/** What FalPay signs may be put together otherwise than what we sign; what is left out is as in ours. */
const otherConstruction = z.strictObject({
  parts: signedParts.optional(),
  separator: z.string().max(8).optional(),
  suffix: z.string().max(8).optional(),
});

const signaturePolicy = z.enum(['required', 'ifPresent', 'ignored']);

/** What a business code of FalPay means; one that is not listed is a rejection. */
const codeMeaning = z.enum(['rejected', 'token', 'auth', 'unavailable', 'notFound', 'unknown']);
export type CodeMeaning = z.infer<typeof codeMeaning>;

const lookup = z.strictObject({
  /** The query that tells whether the thing exists. */
  operation: z.enum(operationNames),
  /** The field of that query which takes our number or FalPay's id. */
  key: z.string().min(1),
  /** Whether "not found" means that the call was not carried out. */
  provesAbsence: z.boolean(),
  /** How long after the call was given up "not found" counts; without it twice the operation's timeout. */
  settleMs: millis.optional(),
});
export type Lookup = z.infer<typeof lookup>;

const operationProfile = z.strictObject({
  path,
  timeoutMs: millis,
  /** Whether FalPay answers the same number and content with the first result. Only `confirmed` allows a blind resend. */
  idempotent: z.enum(['confirmed', 'assumed', 'no']),
  lookup: lookup.optional(),
});
export type OperationProfile = z.infer<typeof operationProfile>;

export type CallName = Exclude<OperationName, 'getToken'>;
export const callNames = operationNames.filter((name): name is CallName => name !== 'getToken');
const operationShape = Object.fromEntries(callNames.map((name) => [name, operationProfile])) as Record<
  CallName,
  typeof operationProfile
>;

/** Where something stands in a message: `body.a.b`, `body` (the whole of it) or `header.X-Name`. */
const place = z
  .string()
  .regex(/^(body(\.[^.\s]+)*|header\.[A-Za-z0-9-]+)$/, 'must be "body", "body.field.field" or "header.Name"');

const topicProfile = z.strictObject({
  /** Below the address that FalPay was given for its callbacks. Topics may share one. */
  path: partOfPath,
  /** What FalPay calls the topic where `fields.topic` says; a list when it has several words for it. */
  value: wireWords,
  /** Where our order number stands, if not in the data under the model's name. */
  orderNo: place.optional(),
  /** Where FalPay's id stands, if not in the data under the model's name. */
  ref: place.optional(),
});
const topicShape = Object.fromEntries(callbackTopics.map((topic) => [topic, topicProfile])) as Record<
  CallbackTopic,
  typeof topicProfile
>;

const timePattern = (needed: 'time' | 'date') =>
  z.string().superRefine((pattern, context) => {
    const problem = patternProblem(pattern, needed);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

export const FalpayProfile = z.strictObject({
  http: z.strictObject({
    method: z.enum(['POST', 'PUT']),
    /** FalPay's address, for whoever sets no `FALPAY_BASE_URL`; none is known to us. */
    baseUrl: z
      .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
      .regex(/^[^?#@]+$/, 'must have no query, fragment or credentials')
      .optional(),
    /** Before every path, the token's too. */
    basePath: partOfPath,
    contentType: z.string().min(1),
    maxAnswerBytes: z.int().min(1000),
    /** The statuses a success may have. */
    success: z.array(httpStatus).min(1),
    statuses: z.record(httpStatus, statusMeaning),
  }),
  headers: z.strictObject({
    authorization: header,
    /** Stands before the token; empty where the token stands alone. */
    authorizationScheme: z.string().regex(/^[!-~]*$/, 'must be one word, or empty'),
    /** Left out where FalPay knows none: then it is neither sent nor looked for. */
    timestamp: header.optional(),
    nonce: header.optional(),
    signature: header,
    /** Carries our client id. */
    clientId: header.optional(),
    /** FalPay's id of a request, in its answers. */
    requestId: header.optional(),
    /** How long FalPay asks us to wait: seconds, or a date. */
    retryAfter: header,
    /** Sent with every call as they stand here. */
    fixed: z.record(header, z.string().min(1).max(256)),
  }),
  signature: z.strictObject({
    /** MD5withRSA is not offered: it can be forged. */
    algorithm: z.enum(['SHA256withRSA', 'SHA512withRSA']),
    parts: signedParts,
    separator: z.string().max(8),
    /** After the last part. */
    suffix: z.string().max(8),
    sortedFields: z.strictObject({
      assign: z.string().max(4),
      join: z.string().max(4),
      /** What is left out: fields that are null, or those that are empty texts as well. */
      skip: z.enum(['null', 'empty']),
    }),
    answers: otherConstruction.optional(),
    callbacks: otherConstruction.optional(),
    /** Whether answers must be signed; a signature that is there and wrong is refused by `ifPresent` too. Callbacks always must. */
    answerSignature: signaturePolicy,
    encoding: z.enum(['base64', 'base64url', 'hex']),
    /** Epoch milliseconds, epoch seconds, or text as `time.format` has it. */
    timestampUnit: z.enum(['ms', 's', 'text']),
    nonceLength: z.int().min(16).max(64),
  }),
  token: z.strictObject({
    path,
    method: z.enum(['POST', 'GET']),
    /** `basic`: client id and secret in the Authorization header, the grant type as a form. */
    transport: z.enum(['query', 'form', 'json', 'basic']),
    grantType: key,
    parameters: z.strictObject({ grantType: key, clientId: key, clientSecret: key }),
    expiresInUnit: z.enum(['s', 'ms', 'min']),
    /** How long before its end a token is renewed, never more than half of its life. */
    refreshBeforeMs: z.int().min(0).max(3_600_000),
    timeoutMs: millis,
    answerSignature: signaturePolicy,
    /** Statuses that refuse our credentials even where the answer cannot be read. */
    refusals: z.array(httpStatus),
  }),
  envelope: z.strictObject({
    /** A boolean; left out where the code alone tells. */
    success: key.optional(),
    code: key,
    message: key,
    data: key,
    successCode: z.string().min(1),
    notFoundCodes: z.array(z.string().min(1)),
    /** How FalPay writes codes; both are read. */
    codes: z.enum(['string', 'number']),
  }),
  errors: z.strictObject({ codes: z.record(z.string().min(1), codeMeaning) }),
  time: z.strictObject({
    /** `epoch-ms`, `epoch-s`, or a pattern of yyyy MM dd HH mm ss SSS XXX and 'quoted text'. */
    format: timePattern('time'),
    /** Of times without an offset of their own; inside, all times are in it. */
    zone: z.string().regex(/^(Z|[+-](0\d|1[0-4]):[0-5]\d)$/, 'must be an offset from UTC such as "+08:00"'),
    /** Of dates such as birthdays. */
    date: timePattern('date'),
    writtenAs: z.enum(['string', 'number']),
  }),
  paging: z.strictObject({
    pageNum: key,
    pageSize: key,
    /** What is asked for, in a request for a page; "." where its fields stand beside the page's. */
    param: key,
    total: key,
    list: key,
    firstPage: z.union([z.literal(0), z.literal(1)], { error: 'must be 0 or 1' }),
  }),
  wire: z.strictObject({
    /** FalPay's ids. Our order numbers are text always. */
    ids: z.enum(['string', 'number']),
    /** Amounts and rates. */
    amounts: z.enum(['string', 'number']),
    /** `minor`: in cents, as many decimals as the currency has. Rates are never. */
    amountUnit: z.enum(['major', 'minor']),
    /** The decimals of currencies that are none of ISO 4217's, or that FalPay reckons otherwise. */
    minorDigits: z.record(z.string().min(1).max(16), z.int().min(0).max(18)),
    booleans: z.strictObject({ true: wireWord, false: wireWord }),
    /** How names are formed that `names` does not list; those attested on FalPay's page stay. */
    naming: z.enum(['camelCase', 'snake_case', 'PascalCase']),
    /** By model and field: the field's name on the wire; "." where an object's fields stand in the object around it. */
    names: z.record(z.string(), z.record(z.string(), key)),
    /** By list of words (`auditStatus`), or by model and field (`WalletAuditData.auditStatus`): inside word to FalPay's. */
    enums: z.record(z.string(), z.record(z.string(), wireWords)),
  }),
  callbacks: z.strictObject({
    topics: z.strictObject(topicShape),
    fields: z.strictObject({
      /** Left out where the path alone tells the topic. */
      topic: place.optional(),
      /** Left out: a digest of the body, so that the same callback sent again has the same id. */
      eventId: place.optional(),
      /** Left out: when it was signed, or when it came. */
      occurredAt: place.optional(),
      /** The topic's data model. */
      data: place,
    }),
    maxFutureSkewMs: z.int().min(0),
    staleAfterMs: z.int().min(0),
    enforceFreshness: z.boolean(),
    confirmByQuery: z.boolean(),
    /** What FalPay takes as "received": JSON, or text. */
    acknowledgement: z.strictObject({
      status: z.int().min(200).max(299),
      body: z.union(
        [z.string().max(256), z.record(z.string(), z.union([z.string(), z.boolean(), z.number(), z.null()]))],
        {
          error: 'must be a text, or an object of texts, numbers and booleans',
        },
      ),
    }),
  }),
  operations: z.strictObject(operationShape),
});
/** How FalPay's Open API is spoken; see `defaultProfile` for the assumptions. */
export type FalpayProfile = z.infer<typeof FalpayProfile>;

function signsBodyOnce(parts: readonly string[]): boolean {
  const bodies = parts.filter((part) => part === 'body' || part === 'sortedFields');
  return bodies.length === 1 && new Set(parts).size === parts.length;
}

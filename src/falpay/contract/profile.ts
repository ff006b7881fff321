import { z } from 'zod';
import { type InputIssue, InvalidInput, issuesOf } from '../errors';
import { fieldsByModel } from './model-names';
import { operationNames, type OperationName } from './operations';
import { defaultProfile } from './profile.default';

const millis = z.int().min(1).max(3_600_000);
const path = z.string().regex(/^\/[A-Za-z0-9/_.~-]*$/, 'must be a path that begins with "/" and has no query');
const header = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'must be a header name');
const key = z.string().min(1).max(64);

/** What part of a message is signed. `sortedFields`: the top-level fields as `key=value&key=value`, by key. */
const signedPart = z.enum(['timestamp', 'nonce', 'body', 'sortedFields']);

/** What a business code of FalPay means; one that is not listed is a rejection. */
const codeMeaning = z.enum(['rejected', 'auth', 'unavailable', 'notFound', 'unknown']);
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

type CallName = Exclude<OperationName, 'getToken'>;
const callNames = operationNames.filter((name): name is CallName => name !== 'getToken');
const operationShape = Object.fromEntries(callNames.map((name) => [name, operationProfile])) as Record<
  CallName,
  typeof operationProfile
>;

export const FalpayProfile = z.strictObject({
  http: z.strictObject({ contentType: z.string().min(1), maxAnswerBytes: z.int().min(1000) }),
  headers: z.strictObject({
    authorization: header,
    authorizationScheme: z.string().min(1),
    timestamp: header,
    nonce: header,
    signature: header,
    requestId: header,
  }),
  signature: z.strictObject({
    /** MD5withRSA is not offered: it can be forged. */
    algorithm: z.enum(['SHA256withRSA']),
    parts: z
      .array(signedPart)
      .min(1)
      .max(4)
      .refine(signsBodyOnce, { error: 'must hold "body" or "sortedFields" once, and nothing twice' }),
    separator: z.string().max(8),
    encoding: z.enum(['base64', 'base64url', 'hex']),
    timestampUnit: z.enum(['ms', 's']),
    nonceLength: z.int().min(16).max(64),
  }),
  token: z.strictObject({
    path,
    transport: z.enum(['query', 'form', 'json']),
    expiresInUnit: z.enum(['s', 'ms', 'min']),
    /** How long before its end a token is renewed, never more than half of its life. */
    refreshBeforeMs: z.int().min(0).max(3_600_000),
    timeoutMs: millis,
    /** Whether the token's answer must be signed; a signature that is there and wrong is refused by `ifPresent` too. */
    answerSignature: z.enum(['required', 'ifPresent', 'ignored']),
  }),
  envelope: z.strictObject({
    success: key,
    code: key,
    message: key,
    data: key,
    successCode: z.string().min(1),
    notFoundCodes: z.array(z.string().min(1)),
  }),
  errors: z.strictObject({ codes: z.record(z.string().min(1), codeMeaning) }),
  time: z.strictObject({
    format: z.enum(['yyyy-MM-dd HH:mm:ss', "yyyy-MM-dd'T'HH:mm:ss"]),
    zone: z.string().regex(/^(Z|[+-](0\d|1[0-4]):[0-5]\d)$/, 'must be an offset from UTC such as "+08:00"'),
  }),
  wire: z.strictObject({
    ids: z.enum(['string', 'number']),
    amounts: z.enum(['string', 'number']),
    names: z.record(z.string(), z.record(z.string(), key)),
  }),
  callbacks: z.strictObject({
    maxFutureSkewMs: z.int().min(0),
    staleAfterMs: z.int().min(0),
    enforceFreshness: z.boolean(),
    confirmByQuery: z.boolean(),
    acknowledgement: z.strictObject({
      status: z.int().min(200).max(299),
      body: z.record(z.string(), z.union([z.string(), z.boolean(), z.number(), z.null()])),
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

/**
 * The default profile, with the parts of `overrideJson` laid over it. Objects are merged, everything else (arrays
 * too) is replaced; `null` takes an optional entry away.
 * @param overrideJson the text of an override file, or its parsed content; the same shape as the default, any part
 * @throws InvalidInput that names each wrong or unknown entry, such as `operations.createMerchant.timeoutMs`
 */
export function loadProfile(overrideJson?: string | object): FalpayProfile {
  const override = typeof overrideJson === 'string' ? parseOverride(overrideJson) : (overrideJson ?? {});
  const parsed = FalpayProfile.safeParse(merge(defaultProfile, override));
  if (!parsed.success) throw new InvalidInput('FalPay profile', issuesOf(parsed.error));
  const issues = [...lookupIssues(parsed.data), ...nameIssues(parsed.data)];
  if (issues.length > 0) throw new InvalidInput('FalPay profile', issues);
  return parsed.data;
}

function parseOverride(text: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new InvalidInput('FalPay profile', [{ path: '', message: `is not JSON (${(error as Error).message})` }]);
  }
  if (isRecord(parsed)) return parsed;
  throw new InvalidInput('FalPay profile', [
    { path: '', message: 'must be a JSON object of the same shape as the default' },
  ]);
}

function merge(base: unknown, override: unknown): unknown {
  if (!isRecord(base) || !isRecord(override)) return override;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(override)) {
    if (value === null) delete merged[key];
    else merged[key] = Object.hasOwn(base, key) ? merge(base[key], value) : value;
  }
  return merged;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const LOOKUP_KEYS: Readonly<Partial<Record<OperationName, readonly string[]>>> = {
  getMerchant: ['merchantId', 'merchantOrderNo'],
  getWallet: ['walletId', 'walletOrderNo'],
  getCard: ['cardId', 'cardOrderNo'],
  listWalletFlows: ['merchantOrderNo', 'orderNo'],
};

/** A look-up that cannot work would be found out only when money hangs on it. */
function lookupIssues(profile: FalpayProfile): readonly InputIssue[] {
  return callNames.flatMap((name) => {
    const entry = profile.operations[name].lookup;
    if (entry === undefined) return [];
    const keys = LOOKUP_KEYS[entry.operation];
    const at = `operations.${name}.lookup`;
    if (keys === undefined)
      return [{ path: `${at}.operation`, message: `must be one of ${Object.keys(LOOKUP_KEYS).join(', ')}` }];
    return keys.includes(entry.key) ? [] : [{ path: `${at}.key`, message: `must be one of ${keys.join(', ')}` }];
  });
}

/** A rename that names no model or field would silently do nothing. */
function nameIssues({ wire }: FalpayProfile): readonly InputIssue[] {
  if (Object.keys(wire.names).length === 0) return [];
  const models = fieldsByModel();
  return Object.entries(wire.names).flatMap(([model, names]) => {
    const fields = models.get(model);
    const at = `wire.names.${model}`;
    if (!fields) return [{ path: at, message: 'is not a model of FalPay that crosses the wire' }];
    return Object.keys(names)
      .filter((field) => !fields.has(field))
      .map((field) => ({ path: `${at}.${field}`, message: `is not a field of ${model}` }));
  });
}

/** After how long "not found" counts as proof for this operation, counted from when the call was given up. */
export function settleMsOf(operation: OperationProfile): number {
  return operation.lookup?.settleMs ?? 2 * operation.timeoutMs;
}

/** Answers of this FalPay: an envelope, as bytes, signed over exactly those bytes. */
import type { KeyObject } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { LosslessNumber } from 'lossless-json';
import type { FalpayProfile } from '../../falpay/contract/profile';
import { digits } from '../ids';
import { codeOnTheWire, type RefusalCode } from '../refusal';
import { toJson, type WireCodec } from '../wire/codec';
import { rulesFor, signatureHeaders, signBody } from '../wire/signature';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  /** The envelope's code, for the log. */
  readonly code: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How this FalPay speaks: the profile, and the key that proves it is FalPay. */
export interface Voice {
  readonly profile: FalpayProfile;
  readonly codec: WireCodec;
  readonly platformKey: KeyObject;
}

/** @param data already as the wire has it */
export function successAnswer(profile: FalpayProfile, data: unknown): Answer {
  const code = profile.envelope.successCode;
  return {
    status: statusOfSuccess(profile),
    code,
    body: envelope(profile, { success: true, code, message: '操作成功', data: data ?? null }),
  };
}

export function refusalAnswer(
  profile: FalpayProfile,
  refusal: { readonly status: number; readonly code: RefusalCode; readonly message: string; readonly field?: string },
): Answer {
  const { field, message } = refusal;
  const text = field === undefined || message.startsWith(`${field}:`) ? message : `${field}: ${message}`;
  const code = codeOnTheWire(refusal.code, profile);
  // A business refusal looks like a success to HTTP, whichever status that has.
  const status = refusal.status === 200 ? statusOfSuccess(profile) : refusal.status;
  return { status, code, body: envelope(profile, { success: false, code, message: text, data: null }) };
}

/** Sends an answer with its signature; `spoilt` signs other bytes than are sent. */
export function send(
  reply: FastifyReply,
  answer: Answer,
  voice: Voice,
  options: { readonly spoilt?: boolean } = {},
): FastifyReply {
  const { headers, http, signature, time } = voice.profile;
  const signedBody = options.spoilt === true ? Buffer.concat([answer.body, Buffer.from(' ')]) : answer.body;
  const signed = signBody(signedBody, voice.platformKey, {
    rules: rulesFor('answer', signature),
    time,
    now: Date.now(),
  });
  return reply
    .code(answer.status)
    .headers({
      ...answer.headers,
      'content-type': http.contentType,
      ...(headers.requestId === undefined ? {} : { [headers.requestId]: digits(`request ${signed.signature}`, 19) }),
      ...signatureHeaders(signed, headers),
    })
    .send(answer.body);
}

function envelope(
  profile: FalpayProfile,
  content: { success: boolean; code: string; message: string; data: unknown },
): Buffer {
  const { success, code, message, data, codes } = profile.envelope;
  const isNumber = codes === 'number' && /^-?(0|[1-9]\d*)$/.test(content.code);
  return toJson({
    ...(success === undefined ? {} : { [success]: content.success }),
    [code]: isNumber ? new LosslessNumber(content.code) : content.code,
    [message]: content.message,
    [data]: content.data,
  });
}

function statusOfSuccess({ http }: FalpayProfile): number {
  const listed = http.success.map((status) => Number(status.replace('xx', '00')));
  return http.success.includes('2xx') || listed.includes(200) ? 200 : (listed[0] ?? 200);
}

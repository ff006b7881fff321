/** Answers of this FalPay: an envelope, as bytes, signed over exactly those bytes. */
import type { KeyObject } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { FalpayProfile } from '../../falpay/contract/profile';
import { digits } from '../ids';
import { toJson } from '../wire/codec';
import { signBody } from '../wire/signature';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  /** The envelope's code, for the log. */
  readonly code: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Signer {
  readonly profile: FalpayProfile;
  readonly platformKey: KeyObject;
}

/** @param data already as the wire has it */
export function successAnswer(profile: FalpayProfile, data: unknown): Answer {
  const { success, code, message, data: dataKey, successCode } = profile.envelope;
  return {
    status: 200,
    code: successCode,
    body: toJson({ [success]: true, [code]: successCode, [message]: '操作成功', [dataKey]: data ?? null }),
  };
}

export function refusalAnswer(
  profile: FalpayProfile,
  refusal: { status: number; code: string; message: string; field?: string },
): Answer {
  const { success, code, message, data } = profile.envelope;
  const text =
    refusal.field === undefined || refusal.message.startsWith(`${refusal.field}:`)
      ? refusal.message
      : `${refusal.field}: ${refusal.message}`;
  const word = refusal.code === 'NOT_FOUND' ? (profile.envelope.notFoundCodes[0] ?? refusal.code) : refusal.code;
  return {
    status: refusal.status,
    code: word,
    body: toJson({ [success]: false, [code]: word, [message]: text, [data]: null }),
  };
}

/** Sends an answer with its signature; `spoilt` signs other bytes than are sent. */
export function send(
  reply: FastifyReply,
  answer: Answer,
  signer: Signer,
  options: { readonly spoilt?: boolean } = {},
): FastifyReply {
  const { headers, http, signature } = signer.profile;
  const {
    timestamp,
    nonce,
    signature: signed,
  } = signBody(
    options.spoilt === true ? Buffer.concat([answer.body, Buffer.from(' ')]) : answer.body,
    signer.platformKey,
    signature,
    Date.now(),
  );
  return reply
    .code(answer.status)
    .headers({
      ...answer.headers,
      'content-type': http.contentType,
      [headers.requestId]: digits(`request ${nonce}`, 19),
      [headers.timestamp]: timestamp,
      [headers.nonce]: nonce,
      [headers.signature]: signed,
    })
    .send(answer.body);
}

/** 签名验签工具: 生成秘钥对, 1.客户端签名 2.服务端验签 3.服务端签名 4.客户端验签. [N names, I rules] */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Sandbox } from '../sandbox';
import { generateKeys, privateKeyOf, publicKeyOf } from '../wire/keys';
import {
  isGenuine,
  rulesFor,
  signBody,
  signMessage,
  stringToSign,
  timestampMs,
  type SignatureRules,
} from '../wire/signature';
import { ControlError, read } from './input';

/** Of a request, where the profile signs them. */
const ofRequest = { method: z.string().optional(), path: z.string().optional() };
const signing = z.strictObject({
  body: z.string(),
  /** Base64 or PEM; default, for the server: the sandbox's own. */
  privateKey: z.string().min(1).optional(),
  timestamp: z.string().optional(),
  nonce: z.string().optional(),
  ...ofRequest,
});
const checking = z.strictObject({
  body: z.string(),
  timestamp: z.string().default(''),
  nonce: z.string().default(''),
  ...ofRequest,
  signature: z.string().min(1),
  /** Base64 or PEM; default: the key that the sandbox knows for that side. */
  publicKey: z.string().min(1).optional(),
});

export function signatureRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  const { voice, parts, clock } = sandbox;
  const { signature, time } = voice.profile;

  /** What the server signs is put together as answers are. */
  const ruled = (side: 'client' | 'server'): SignatureRules =>
    rulesFor(side === 'client' ? 'request' : 'answer', signature);

  const sign = (input: unknown, ownKey: KeyObject | undefined) => {
    const rules = ruled(ownKey === undefined ? 'client' : 'server');
    const { body, privateKey, timestamp, nonce, method, path } = read(signing, input);
    const key = privateKey === undefined ? ownKey : keyIn('privateKey', () => privateKeyOf(privateKey, 'privateKey'));
    if (key === undefined)
      throw new ControlError(400, 'the request does not fit', [
        { field: 'privateKey', message: "needed: the sandbox does not have the client's" },
      ]);
    const bytes = Buffer.from(body, 'utf8');
    const fresh = signBody(bytes, key, { rules, time, now: clock.now() });
    const message = {
      timestamp: timestamp ?? fresh.timestamp,
      nonce: nonce ?? fresh.nonce,
      body: bytes,
      method,
      path,
      clientId: parts.client.id,
    };
    return {
      timestamp: message.timestamp,
      nonce: message.nonce,
      stringToSign: stringToSign(message, rules).toString('utf8'),
      signature: signMessage(message, key, rules),
    };
  };

  const check = (input: unknown, signer: 'client' | 'server', knownKey: KeyObject) => {
    const rules = ruled(signer);
    const { body, timestamp, nonce, signature: signed, publicKey, method, path } = read(checking, input);
    const key = publicKey === undefined ? knownKey : keyIn('publicKey', () => publicKeyOf(publicKey, 'publicKey'));
    const message = { timestamp, nonce, body: Buffer.from(body, 'utf8'), method, path, clientId: parts.client.id };
    const at = timestampMs(timestamp, rules, time);
    return {
      valid: isGenuine(message, signed, key, rules),
      stringToSign: stringToSign(message, rules).toString('utf8'),
      /** How old the message is by the sandbox's clock; a callback or request is taken within 5 minutes. */
      ageMs: at === undefined ? undefined : clock.now() - at,
    };
  };

  app.post('/sandbox/signature/generate-keys', () => generateKeys());
  app.post('/sandbox/signature/client-sign', ({ body }) => sign(body, undefined));
  app.post('/sandbox/signature/server-verify', ({ body }) => check(body, 'client', parts.clientKey));
  app.post('/sandbox/signature/server-sign', ({ body }) => sign(body, voice.platformKey));
  app.post('/sandbox/signature/client-verify', ({ body }) => check(body, 'server', createPublicKey(voice.platformKey)));
}

function keyIn(field: string, parse: () => KeyObject): KeyObject {
  try {
    return parse();
  } catch (error) {
    throw new ControlError(400, 'the request does not fit', [
      { field, message: error instanceof Error ? error.message : 'is not a key' },
    ]);
  }
}

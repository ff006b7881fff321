/** 签名验签工具: 生成秘钥对, 1.客户端签名 2.服务端验签 3.服务端签名 4.客户端验签. [N names, I rules] */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Sandbox } from '../sandbox';
import { generateKeys, privateKeyOf, publicKeyOf } from '../wire/keys';
import { isGenuine, signBody, signMessage, stringToSign, timestampMs } from '../wire/signature';
import { ControlError, read } from './input';

const signing = z.strictObject({
  body: z.string(),
  /** Base64 or PEM; default, for the server: the sandbox's own. */
  privateKey: z.string().min(1).optional(),
  timestamp: z.string().optional(),
  nonce: z.string().optional(),
});
const checking = z.strictObject({
  body: z.string(),
  timestamp: z.string().default(''),
  nonce: z.string().default(''),
  signature: z.string().min(1),
  /** Base64 or PEM; default: the key that the sandbox knows for that side. */
  publicKey: z.string().min(1).optional(),
});

export function signatureRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  const { signer, parts, clock } = sandbox;
  const rules = signer.profile.signature;

  const sign = (input: unknown, ownKey: KeyObject | undefined) => {
    const { body, privateKey, timestamp, nonce } = read(signing, input);
    const key = privateKey === undefined ? ownKey : keyIn('privateKey', () => privateKeyOf(privateKey, 'privateKey'));
    if (key === undefined)
      throw new ControlError(400, 'the request does not fit', [
        { field: 'privateKey', message: "needed: the sandbox does not have the client's" },
      ]);
    const bytes = Buffer.from(body, 'utf8');
    const fresh = signBody(bytes, key, rules, clock.now());
    const message = { timestamp: timestamp ?? fresh.timestamp, nonce: nonce ?? fresh.nonce, body: bytes };
    return {
      timestamp: message.timestamp,
      nonce: message.nonce,
      stringToSign: stringToSign(message, rules).toString('utf8'),
      signature: signMessage(message, key, rules),
    };
  };

  const check = (input: unknown, knownKey: KeyObject) => {
    const { body, timestamp, nonce, signature, publicKey } = read(checking, input);
    const key = publicKey === undefined ? knownKey : keyIn('publicKey', () => publicKeyOf(publicKey, 'publicKey'));
    const message = { timestamp, nonce, body: Buffer.from(body, 'utf8') };
    const at = timestampMs(timestamp, rules);
    return {
      valid: isGenuine(message, signature, key, rules),
      stringToSign: stringToSign(message, rules).toString('utf8'),
      /** How old the message is by the sandbox's clock; a callback or request is taken within 5 minutes. */
      ageMs: at === undefined ? undefined : clock.now() - at,
    };
  };

  app.post('/sandbox/signature/generate-keys', () => generateKeys());
  app.post('/sandbox/signature/client-sign', ({ body }) => sign(body, undefined));
  app.post('/sandbox/signature/server-verify', ({ body }) => check(body, parts.clientKey));
  app.post('/sandbox/signature/server-sign', ({ body }) => sign(body, signer.platformKey));
  app.post('/sandbox/signature/client-verify', ({ body }) => check(body, createPublicKey(signer.platformKey)));
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

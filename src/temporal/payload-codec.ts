/**
 * Encrypts what Temporal keeps: AES-256-GCM, with the key's id in the payload's metadata so that keys can be rotated.
 *
 * The associated data binds a payload to its namespace, its key id and the context id *written in its metadata* (the flow it was made for). Not to the
 * workflow that happens to read it: the runs of a schedule have other ids than its definition, and the UI's codec server knows none.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ValueError, type Payload, type PayloadCodec, type SerializationContext } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { CodecConfig } from '../config';

const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const CONTEXT_ID = 'encryption-context-id';
/** Version, IV, tag, ciphertext. A version byte lets a later format be told apart. */
const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + IV_BYTES + TAG_BYTES;

const text = (bytes: Uint8Array | null | undefined): string | undefined =>
  bytes ? Buffer.from(bytes).toString('utf8') : undefined;

export class EncryptionCodec implements PayloadCodec {
  constructor(
    private readonly codec: CodecConfig,
    private readonly namespace: string,
  ) {}

  async encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return payloads.map((payload) => this.encrypt(payload, contextId(context)));
  }

  /** Payloads that are not encrypted pass through: flows from before encryption was switched on go on. */
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) =>
      text(payload.metadata?.['encoding']) === ENCODING ? this.decrypt(payload) : payload,
    );
  }

  private encrypt(payload: Payload, context: string): Payload {
    const keyId = this.codec.activeKeyId;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key(keyId), iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(this.associatedData(keyId, context));
    const body = temporal.api.common.v1.Payload.encode(payload).finish();
    const sealed = Buffer.concat([cipher.update(body), cipher.final()]);
    return {
      metadata: { encoding: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(keyId), [CONTEXT_ID]: Buffer.from(context) },
      data: Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), sealed]),
    };
  }

  private decrypt({ metadata, data }: Payload): Payload {
    const keyId = text(metadata?.[KEY_ID]) ?? '';
    const sealed = Buffer.from(data ?? []);
    if (sealed.length < HEADER_BYTES || sealed[0] !== VERSION)
      throw new ValueError('this encrypted payload has an unknown format');
    const iv = sealed.subarray(1, 1 + IV_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.key(keyId), iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(this.associatedData(keyId, text(metadata?.[CONTEXT_ID]) ?? ''));
    decipher.setAuthTag(sealed.subarray(1 + IV_BYTES, HEADER_BYTES));
    try {
      const body = Buffer.concat([decipher.update(sealed.subarray(HEADER_BYTES)), decipher.final()]);
      return temporal.api.common.v1.Payload.decode(body);
    } catch (error) {
      throw new ValueError(
        `a payload encrypted with key "${keyId}" cannot be decrypted: it was changed, belongs to another namespace than ${this.namespace}, or CODEC_KEYS holds another key under this id`,
        { cause: error },
      );
    }
  }

  private key(id: string): Buffer {
    const key = this.codec.keys.get(id);
    if (key) return key;
    throw new ValueError(
      `a payload is encrypted with key "${id}", which CODEC_KEYS does not hold: add it (the active key may stay another)`,
    );
  }

  /** Each part is preceded by its length, so that no two triples give the same bytes. */
  private associatedData(keyId: string, context: string): Buffer {
    const parts = [this.namespace, keyId, context].flatMap((part) => {
      const bytes = Buffer.from(part);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    });
    return Buffer.concat(parts);
  }
}

function contextId(context: SerializationContext | undefined): string {
  return context?.workflowId ?? '';
}

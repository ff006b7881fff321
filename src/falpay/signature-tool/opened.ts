import { constants, type KeyObject, publicDecrypt } from 'node:crypto';

/** What the owner of a key put into a signature, as far as the public key shows it. */
export type Opened =
  /** The digest of what was signed: to be compared with the digests of what may have been signed. */
  | { readonly kind: 'digest'; readonly algorithm: DigestName; readonly digest: Buffer; readonly wrapped: boolean }
  /** Padded as PSS: only a whole verification can say more. */
  | { readonly kind: 'pss' }
  /** The key is right (its padding came out), but there is no digest that we know inside. */
  | { readonly kind: 'unknown' };

export type DigestName = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

/** The DER headers of DigestInfo (RFC 8017, 9.2). */
const DIGEST_INFO: Readonly<Record<DigestName, string>> = {
  md5: '3020300c06082a864886f70d020505000410',
  sha1: '3021300906052b0e03021a05000414',
  sha224: '302d300d06096086480165030402040500041c',
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};
const BY_LENGTH: Readonly<Record<number, DigestName>> = { 16: 'md5', 20: 'sha1', 28: 'sha224', 32: 'sha256' };

/**
 * Opens an RSA signature with a public key. An RSA signature shows the digest that was signed to everyone who has the
 * right key, and only noise to everyone else: so a wrong key and a changed message can be told apart.
 * @returns undefined when this key did not make the signature
 */
export function openSignature(signature: Buffer, key: KeyObject): Opened | undefined {
  let block: Buffer;
  try {
    block = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  } catch {
    // Another length than the key's, or a number beyond its modulus.
    return undefined;
  }
  const content = withoutPadding(block);
  if (content === undefined) return block.at(-1) === 0xbc ? { kind: 'pss' } : undefined;
  for (const [algorithm, header] of Object.entries(DIGEST_INFO) as [DigestName, string][]) {
    const start = Buffer.from(header, 'hex');
    if (content.subarray(0, start.length).equals(start) && content.length === start.length + (start.at(-1) ?? 0))
      return { kind: 'digest', algorithm, digest: content.subarray(start.length), wrapped: true };
  }
  return bareDigest(content);
}

/** Some tools "encrypt" the digest, or its hexadecimal text, with the private key instead of signing. */
function bareDigest(content: Buffer): Opened {
  const text = content.toString('latin1');
  const digest = /^([0-9a-f]{2}){16,32}$/i.test(text) ? Buffer.from(text, 'hex') : content;
  const algorithm = BY_LENGTH[digest.length];
  return algorithm === undefined ? { kind: 'unknown' } : { kind: 'digest', algorithm, digest, wrapped: false };
}

/** PKCS#1 v1.5, type 1: 00 01 FF…FF 00 content. */
function withoutPadding(block: Buffer): Buffer | undefined {
  if (block[0] !== 0 || block[1] !== 1) return undefined;
  const end = block.indexOf(0, 2);
  const isPadded = end >= 10 && block.subarray(2, end).every((byte) => byte === 0xff);
  return isPadded ? block.subarray(end + 1) : undefined;
}

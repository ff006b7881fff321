/** What commands need that talk to nobody: the profile, and whichever keys are set. */
import type { KeyObject } from 'node:crypto';
import type { FalpayProfile } from '../falpay/contract/profile';
import { privateKey, publicKey, publicKeys } from './keys';
import { readProfile } from './profile';
import type { SettingReader } from './reader';

export interface OfflineConfig {
  readonly profile: FalpayProfile;
  /** FALPAY_PRIVATE_KEY: signs what we send. */
  readonly clientPrivateKey?: KeyObject;
  /** SANDBOX_CLIENT_PUBLIC_KEY: checks what we send. */
  readonly clientPublicKey?: KeyObject;
  /** FALPAY_PLATFORM_PUBLIC_KEYS: check what FalPay sends. */
  readonly platformPublicKeys: readonly KeyObject[];
  /** SANDBOX_PLATFORM_PRIVATE_KEY: signs what the sandbox sends. */
  readonly platformPrivateKey?: KeyObject;
}

const REMEDY = 'give an RSA key: PEM, or Base64 without armour; npx cardflow keys generate makes a pair';

export function readOffline(reader: SettingReader): {
  readonly [Name in keyof OfflineConfig]: OfflineConfig[Name] | undefined;
} {
  return {
    profile: readProfile(reader),
    clientPrivateKey: reader.read('FALPAY_PRIVATE_KEY', privateKey, REMEDY),
    clientPublicKey: reader.read('SANDBOX_CLIENT_PUBLIC_KEY', publicKey, REMEDY),
    platformPublicKeys: reader.read('FALPAY_PLATFORM_PUBLIC_KEYS', publicKeys, REMEDY) ?? [],
    platformPrivateKey: reader.read('SANDBOX_PLATFORM_PRIVATE_KEY', privateKey, REMEDY),
  };
}

/** How to reach Temporal, by the SDK's standard variables. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { SettingReader } from './reader';
import { flag, hostAndPort, nonEmpty } from './schemas';
import type { SettingName } from './settings';

export interface TemporalTls {
  readonly serverNameOverride?: string;
  readonly serverRootCACertificate?: Buffer;
  readonly clientCertPair?: { readonly crt: Buffer; readonly key: Buffer };
}

export interface TemporalConfig {
  /** host:port */
  readonly address: string;
  readonly namespace: string;
  readonly apiKey?: string;
  /** Absent: no encryption. */
  readonly tls?: TemporalTls;
}

export function readTemporal(reader: SettingReader): TemporalConfig {
  const address = reader.read(
    'TEMPORAL_ADDRESS',
    hostAndPort,
    'write it like temporal.example.com:7233, without http://',
  );
  const apiKey = reader.text('TEMPORAL_API_KEY');
  return {
    address: address ?? 'localhost:7233',
    namespace: reader.read('TEMPORAL_NAMESPACE', nonEmpty, 'name a namespace') ?? 'default',
    apiKey,
    tls: readTls(reader, apiKey !== undefined),
  };
}

function readTls(reader: SettingReader, byDefault: boolean): TemporalTls | undefined {
  const crt = material(reader, 'TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_CERT_DATA', isCertificate);
  const key = material(reader, 'TEMPORAL_TLS_CLIENT_KEY_PATH', 'TEMPORAL_TLS_CLIENT_KEY_DATA', isPrivateKey);
  const ca = material(reader, 'TEMPORAL_TLS_SERVER_CA_CERT_PATH', 'TEMPORAL_TLS_SERVER_CA_CERT_DATA', isCertificate);
  const serverName = reader.text('TEMPORAL_TLS_SERVER_NAME');
  if (crt.given !== key.given) {
    const [missing, there] = crt.given
      ? (['TEMPORAL_TLS_CLIENT_KEY_PATH', 'certificate'] as const)
      : (['TEMPORAL_TLS_CLIENT_CERT_PATH', 'key'] as const);
    reader.problems.add(missing, `is not set, but the client ${there} is`, 'give both, or neither');
  }
  const wanted = byDefault || crt.given || ca.given || serverName !== undefined;
  const asked = reader.read('TEMPORAL_TLS', flag, 'write true or false');
  if (asked === false && wanted)
    reader.problems.add(
      'TEMPORAL_TLS',
      'is false, but an API key, a certificate or a server name is set, which only TLS can use',
      'set it to true, or remove those',
    );
  if (!(asked ?? wanted)) return undefined;
  return {
    serverNameOverride: serverName,
    serverRootCACertificate: ca.pem,
    clientCertPair: crt.pem && key.pem ? { crt: crt.pem, key: key.pem } : undefined,
  };
}

interface Material {
  readonly given: boolean;
  readonly pem?: Buffer;
}

function material(
  reader: SettingReader,
  path: SettingName,
  data: SettingName,
  check: (pem: Buffer) => string | undefined,
): Material {
  const inline = reader.text(data);
  const file = reader.text(path);
  if (inline === undefined && file === undefined) return { given: false };
  if (inline !== undefined && file !== undefined) {
    reader.problems.add(path, `is set together with ${data}`, 'keep one of the two');
    return { given: true };
  }
  const name = file === undefined ? data : path;
  const text = file === undefined ? inline : reader.file(path)?.text;
  if (text === undefined) return { given: true };
  const pem = Buffer.from(text.replaceAll('\\n', '\n'));
  const wrong = check(pem);
  if (wrong) reader.problems.add(name, wrong, 'give it as PEM');
  return { given: true, pem };
}

function isCertificate(pem: Buffer): string | undefined {
  try {
    return void new X509Certificate(pem);
  } catch {
    return 'is no certificate';
  }
}

function isPrivateKey(pem: Buffer): string | undefined {
  try {
    return void createPrivateKey(pem);
  } catch {
    return 'is no private key, or is protected by a passphrase';
  }
}

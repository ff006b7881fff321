/** Every setting there is. The README's table, the compose file's check and the hunt for typing mistakes all read this list. */

export interface Setting {
  readonly meaning: string;
  /** Never printed, not even in part. */
  readonly secret?: true;
}

const setting = (meaning: string): Setting => ({ meaning });
const secret = (meaning: string): Setting => ({ meaning, secret: true });

export const SETTINGS = {
  CARDFLOW_ENVIRONMENT: setting('local, test, sandbox, production or another word; part of the task queue’s name'),
  CARDFLOW_TIMINGS: setting('path of a JSON file that overrides ladders, deadlines and timeouts'),
  CARDFLOW_RECONCILE_AT: setting(
    'time of day of the daily reconciliation in FalPay’s zone, as in 04:00, or off; default 04:00',
  ),
  CARDFLOW_DEV_TEMPORAL_ADDRESS: setting('a Temporal server for npm start and npm test to use instead of their own'),
  TEMPORAL_ADDRESS: setting('host:port of the Temporal server; default localhost:7233'),
  TEMPORAL_NAMESPACE: setting('default: default'),
  TEMPORAL_API_KEY: secret('Temporal Cloud’s API key; turns TLS on'),
  TEMPORAL_TLS: setting('true or false; default: true when a certificate or an API key is given'),
  TEMPORAL_TLS_CLIENT_CERT_PATH: setting('path of the client certificate (PEM)'),
  TEMPORAL_TLS_CLIENT_CERT_DATA: setting('the client certificate itself (PEM)'),
  TEMPORAL_TLS_CLIENT_KEY_PATH: setting('path of the client certificate’s key (PEM)'),
  TEMPORAL_TLS_CLIENT_KEY_DATA: secret('the client certificate’s key itself (PEM)'),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: setting('path of the CA that signed the server’s certificate (PEM)'),
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: setting('that CA itself (PEM)'),
  TEMPORAL_TLS_SERVER_NAME: setting('server name to expect in its certificate'),
  FALPAY_BASE_URL: setting('FalPay’s address'),
  FALPAY_CLIENT_ID: setting('our client id at FalPay'),
  FALPAY_CLIENT_SECRET: secret('our client secret at FalPay'),
  FALPAY_PRIVATE_KEY: secret('the RSA key that signs our requests: PEM, or Base64 of PKCS#8'),
  FALPAY_PLATFORM_PUBLIC_KEYS: setting(
    'FalPay’s RSA public keys: PEM blocks one after the other, or Base64 with commas between',
  ),
  FALPAY_PROFILE: setting('path of a JSON file that overrides parts of the default contract profile'),
  GATEWAY_HOST: setting('address the gateway listens on; default 127.0.0.1'),
  GATEWAY_PORT: setting('port the gateway listens on; default 8080; 0 takes a free one'),
  GATEWAY_API_KEYS: secret('JSON: [{"name","sha256","roles":["backend"]}]'),
  GATEWAY_RATE_LIMIT: setting('requests a minute that each API key may make; default 6000; 0: no limit'),
  BACKEND_WEBHOOK_URL: setting('where results are pushed to'),
  BACKEND_WEBHOOK_SECRET: secret(
    'signs what is pushed: whsec_ and Base64 of 24 to 64 bytes; several, with spaces between, all sign',
  ),
  CODEC_KEYS: secret('payload encryption, JSON: {"key id": "Base64 of 32 bytes"}'),
  CODEC_ACTIVE_KEY: setting('id of the key that encrypts; the others only decrypt'),
  SANDBOX_HOST: setting('address the sandbox listens on; default 127.0.0.1'),
  SANDBOX_PORT: setting('port the sandbox listens on; default 8090; 0 takes a free one'),
  SANDBOX_DB: setting('path of the sandbox’s database file; default: in memory'),
  SANDBOX_CALLBACK_URL: setting('where the sandbox sends callbacks; /{topic} is appended; default: the gateway’s'),
  SANDBOX_CLIENT_PUBLIC_KEY: setting('the client’s public key; default: derived from FALPAY_PRIVATE_KEY'),
  SANDBOX_PLATFORM_PRIVATE_KEY: secret('the key that signs the sandbox’s answers and callbacks'),
  SANDBOX_AUDIT_DELAY: setting('how long an audit takes, or "manual"; default 1s'),
  SANDBOX_ARRIVAL_DELAY: setting('how long money takes to arrive, or "manual"; default 1s'),
  SANDBOX_ISSUE_DELAY: setting('how long a card takes to become active, or "manual"; default 1s'),
  METRICS_PORT: setting('port of the worker’s /metrics, /healthz and /readyz; none when unset'),
  LOG_LEVEL: setting('trace, debug, info, warn, error or fatal; default info'),
  S3_ENDPOINT: setting('S3 server for identity papers; default: AWS'),
  S3_REGION: setting('S3 region'),
  S3_BUCKET: setting('S3 bucket'),
  S3_ACCESS_KEY_ID: setting('S3 access key; default: the role of the machine'),
  S3_SECRET_ACCESS_KEY: secret('S3 secret key'),
  S3_PATH_STYLE: setting('true: endpoint/bucket/key; default: true where S3_ENDPOINT is set'),
  S3_PREFIX: setting('stands before each file’s key; default kyc/'),
  S3_MAX_FILE_MB: setting('the largest file taken, in megabytes; default 100'),
  S3_PRESIGNED_URL: secret('a presigned URL instead of keys, for one file of cardflow upload'),
  S3_PRESIGNED_ORIGINS: setting(
    'whose presigned URLs the gateway takes (x-presigned-url): https://host, with commas between',
  ),
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof SETTINGS;

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** Names that begin so are ours alone: an unknown one is a typing mistake, and a mistake here may move money. */
export const OWN_PREFIXES = ['CARDFLOW_', 'FALPAY_'] as const;

/**
 * A whole Cardflow in one process: sandbox, gateway and worker, each on a port of its own, driven over HTTP.
 * Keys are made for each stack; nothing is left behind after `stop`.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Client, type Connection, type WorkflowClientInterceptor } from '@temporalio/client';
import { Worker, type NativeConnection } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import { pino, type Logger } from 'pino';
import { Registry } from 'prom-client';
import { Webhook, createActivities, type Activities, type WebhookTarget } from '../../src/activities';
import { CardflowClient, type Limits } from '../../src/client';
import { flowPolicy, type ApiKey, type ApiRole } from '../../src/config';
import { DEFAULT_WAITS, type Timings } from '../../src/config/timings';
import { withTimeouts } from '../../src/config/profile';
import { FalpayClient, type FalpayClientOptions } from '../../src/falpay';
import { operationNames } from '../../src/falpay/contract/operations';
import { loadProfile, type FalpayProfile } from '../../src/falpay/contract/profile';
import { buildGateway } from '../../src/gateway/app';
import { callbackReader } from '../../src/gateway/callback-reader';
import type { FlowPolicy, FlowState, OnboardingBody } from '../../src/messages';
import { taskQueueFor } from '../../src/messages';
import { createSandbox, generateKeys, type SandboxServer, type SandboxSettings } from '../../src/sandbox/index';
import { registerSearchAttributes } from '../../src/temporal/search-attributes';
import { ApiDescription } from './api-description';
import { onboardingBody } from './example';
import { ownState } from './own-state';
import { until } from './until';

export { onboardingBody };

const CLIENT_ID = '1234567890123456789';
const MAX_POLLS = 2;
/** How long flows reckon with for one FalPay call: it decides when "not found" proves absence. */
const RECKONED_MS = 2_000;
/** How long one is really waited for. Given up on a machine that stood still, it would be an unknown outcome; a worker's call has 11 s in all. */
const WAITED_MS = 10_000;

/** Of calls to Temporal, in milliseconds, and only for what hangs: each test that is about one being away makes it so itself. */
export const LIMITS: Limits = { callMs: 30_000, queryMs: 10_000, actionMs: 60_000 };
/** What the gateway had no time for comes again within a test's life. */
const CALLBACK_LADDER = [0, 1_000, 2_500, ...Array.from({ length: 30 }, (_, tries) => (tries + 1) * 5_000)];

export interface StackTemporal {
  readonly connection: Connection;
  readonly nativeConnection: NativeConnection;
  readonly namespace: string;
  readonly environment: string;
  /** Whoever made the server has registered the search attributes: one that skips time cannot list what it knows. */
  readonly searchable?: true;
  /** Stands between whoever wakes a flow and the server. */
  readonly interceptor?: WorkflowClientInterceptor;
}

export interface StackOptions {
  readonly bundle: { readonly codePath: string };
  /** Default: every decision by hand, callbacks delivered. */
  readonly sandbox?: Partial<SandboxSettings>;
  /** How client, gateway and sandbox speak; the default profile when left out. */
  readonly profile?: FalpayProfile;
  readonly policy?: Partial<FlowPolicy>;
  readonly waits?: Partial<Timings['waits']>;
  /** Of every FalPay call, in milliseconds; default: flows reckon with two seconds, and callers wait longer. */
  readonly timeoutMs?: number;
  /** Of FalPay's callbacks; without them every wait depends on queries alone. */
  readonly callbacks?: boolean;
  /** How the workers call FalPay; default: every call is sent, nobody watches. */
  readonly calls?: Pick<FalpayClientOptions, 'sparing' | 'hooks'>;
  /** Where events are pushed to. */
  readonly webhook?: WebhookTarget;
  /** Of the gateway; silent when left out. */
  readonly log?: Logger;
  /** Stands between workflow and activities, to fail where a worker dies. */
  readonly activities?: (real: Activities) => Partial<Activities>;
}

export type Credentials = Pick<FalpayClientOptions, 'clientSecret' | 'privateKey'>;

export interface HttpAnswer {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the answer of an interface under test
  readonly body: any;
}

export interface Stack {
  readonly sandbox: SandboxServer;
  readonly gateway: FastifyInstance;
  readonly gatewayUrl: string;
  readonly client: Client;
  readonly cardflow: CardflowClient;
  readonly keys: Readonly<Record<'backend' | 'operator' | 'finance', string>>;
  /** Calls the sandbox past every flow, as somebody else with the same credentials would. */
  readonly falpay: FalpayClient;
  /** Settings with which a process of its own reaches this sandbox. */
  readonly falpaySettings: Readonly<Record<string, string>>;
  /** The sandbox's control plane. @throws when it refuses */
  control(method: string, path: string, body?: unknown): Promise<any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  /** The gateway's API. @throws where it answers what /openapi.json does not describe */
  api(method: string, path: string, body?: unknown, key?: keyof Stack['keys'] | null): Promise<HttpAnswer>;
  /** Calls FalPay got for an order number. */
  calls(operation: string, orderNo: string): Promise<number>;
  start(number: string, body?: OnboardingBody): Promise<HttpAnswer>;
  state(number: string): Promise<FlowState>;
  /** Waits for a state of the onboarding. @throws after a while, with the last state */
  reach(number: string, wanted: (state: FlowState) => boolean): Promise<FlowState>;
  /** Waits until no run of a flow is open: its state says a moment before that it has ended. */
  closed(workflowId: string): Promise<void>;
  /** Another worker of the same fleet takes over, with other credentials if any are given. */
  startWorker(credentials?: Partial<Credentials>): Promise<void>;
  stopWorker(): Promise<void>;
  stop(): Promise<void>;
}

export async function startStack(temporal: StackTemporal, options: StackOptions): Promise<Stack> {
  const { connection, namespace, environment, interceptor } = temporal;
  if (!temporal.searchable) await registerSearchAttributes(connection, namespace);
  const allWithin = (ms: number) => ({ timeoutsMs: Object.fromEntries(operationNames.map((name) => [name, ms])) });
  const timings: Timings = {
    waits: { ...DEFAULT_WAITS, ...options.waits },
    ...allWithin(options.timeoutMs ?? RECKONED_MS),
  };
  const profile = withTimeouts(options.profile ?? loadProfile(), timings);
  const [ours, platform] = [generateKeys(), generateKeys()];
  const clientSecret = randomBytes(32).toString('base64url');
  const sandbox = createSandbox({
    clientId: CLIENT_ID,
    clientSecret,
    clientPublicKey: ours.publicKey,
    platformPrivateKey: platform.privateKey,
    profile,
    settings: { callbackLadder: CALLBACK_LADDER, ...BY_HAND, ...options.sandbox },
    logger: pino({ level: 'silent' }),
  });
  await sandbox.start();
  const falpayFor = (credentials: Partial<Credentials> = {}): FalpayClient =>
    new FalpayClient({
      baseUrl: sandbox.url,
      clientId: CLIENT_ID,
      clientSecret,
      privateKey: ours.privateKey,
      platformPublicKeys: [platform.publicKey],
      profile: withTimeouts(profile, allWithin(options.timeoutMs ?? WAITED_MS)),
      ...options.calls,
      ...credentials,
    });
  const falpay = falpayFor();
  const client = new Client({ connection, namespace, interceptors: { workflow: interceptor ? [interceptor] : [] } });
  const cardflow = new CardflowClient({ temporal: client, environment, limits: LIMITS });
  const keys = { backend: newKey(), operator: newKey(), finance: newKey() };
  const gateway = buildGateway({
    cardflow,
    falpay,
    callbacks: callbackReader(falpay),
    ready: () => cardflow.isReady(),
    apiKeys: Object.entries(keys).map(([name, key]) => apiKey(name as keyof Stack['keys'], key)),
    log: options.log ?? pino({ level: 'silent' }),
    registry: new Registry(),
  });
  await gateway.listen({ host: '127.0.0.1', port: 0 });
  const gatewayUrl = `http://127.0.0.1:${(gateway.server.address() as AddressInfo).port}`;

  const policy = { ...flowPolicy({ timings, webhook: options.webhook }, profile), ...options.policy };
  const activitiesWith = (client: FalpayClient): Activities => {
    const real = createActivities({
      falpay: client,
      policy,
      environment,
      router: cardflow.callbacks,
      publisher: cardflow.publisher,
      reconciler: cardflow.reconciler,
      cards: cardflow.cards,
      orders: cardflow.orders,
      ...(options.webhook && { webhook: new Webhook(options.webhook) }),
    });
    return { ...real, ...options.activities?.(real) };
  };
  const activities = activitiesWith(falpay);
  let running: { worker: Worker; done: Promise<void> } | undefined;

  const call = async (
    base: string,
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ) => {
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  };

  let description: Promise<ApiDescription> | undefined;
  const stack: Stack = {
    sandbox,
    gateway,
    gatewayUrl,
    client,
    cardflow,
    keys,
    falpay,
    falpaySettings: {
      FALPAY_BASE_URL: sandbox.url,
      FALPAY_CLIENT_ID: CLIENT_ID,
      FALPAY_CLIENT_SECRET: clientSecret,
      FALPAY_PRIVATE_KEY: ours.privateKey,
      FALPAY_PLATFORM_PUBLIC_KEYS: platform.publicKey,
    },
    async control(method, path, body) {
      const answer = await call(sandbox.url, method, `/sandbox${path}`, method === 'POST' ? (body ?? {}) : body);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    async api(method, path, body, key = 'backend') {
      const answer = await call(
        gatewayUrl,
        method,
        path,
        body,
        key === null ? {} : { authorization: `Bearer ${keys[key]}` },
      );
      (await (description ??= ApiDescription.of(gateway))).check(method, path, answer);
      return answer;
    },
    async calls(operation, orderNo) {
      const { requests } = await stack.control('GET', `/requests?operation=${operation}&orderNo=${orderNo}`);
      return requests.length;
    },
    start: (number, body = onboardingBody()) => stack.api('PUT', `/v1/onboardings/${number}`, body),
    state: (number) => cardflow.state('onboarding', number),
    reach: (number, wanted) => ownState(cardflow, 'onboarding', number, wanted),
    closed: (workflowId) =>
      until(
        async () => (await client.workflow.getHandle(workflowId).describe()).status.name !== 'RUNNING',
        () => `${workflowId} stays open`,
      ),
    async startWorker(credentials) {
      const worker = await Worker.create({
        connection: temporal.nativeConnection,
        namespace,
        taskQueue: taskQueueFor(environment),
        workflowBundle: options.bundle,
        activities: credentials ? activitiesWith(falpayFor(credentials)) : activities,
        maxConcurrentWorkflowTaskPolls: MAX_POLLS,
        maxConcurrentActivityTaskPolls: MAX_POLLS,
        shutdownGraceTime: '1 second',
      });
      running = { worker, done: worker.run() };
    },
    async stopWorker() {
      if (running?.worker.getState() === 'RUNNING') running.worker.shutdown();
      await running?.done;
      running = undefined;
    },
    async stop() {
      await stack.stopWorker();
      await gateway.close();
      falpay.close();
      await sandbox.stop();
    },
  };
  if (options.callbacks !== false)
    await stack.control('PUT', '/settings', { callbackUrl: `${gatewayUrl}/callbacks/falpay` });
  await stack.startWorker();
  return stack;
}

/** Every decision by the control plane; cards are issued as soon as they are applied for. */
export const BY_HAND: Partial<SandboxSettings> = {
  merchantAuditDelay: 'manual',
  walletAuditDelay: 'manual',
  arrivalDelay: 'manual',
  withdrawalDelay: 'manual',
  issueDelay: 0,
};

/** Everything decided as soon as it is asked for. */
export const AT_ONCE: Partial<SandboxSettings> = {
  merchantAuditDelay: 0,
  walletAuditDelay: 0,
  arrivalDelay: 0,
  withdrawalDelay: 0,
  issueDelay: 0,
};

/** BINs of the sandbox, by what they ask for. */
export const BIN = {
  withCardholder: '6000000000000000001',
  plain: '6000000000000000002',
  prepaid: '6000000000000000003',
  disabled: '6000000000000000006',
};

function newKey(): string {
  return randomBytes(24).toString('base64url');
}

function apiKey(name: keyof Stack['keys'], key: string): ApiKey {
  const roles: ApiRole[] = name === 'operator' ? [name, 'card:reveal'] : [name];
  return { name: `the-${name}`, sha256: createHash('sha256').update(key).digest('hex'), roles };
}

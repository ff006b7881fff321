/** A gateway with everything real but Temporal and FalPay's servers, which stand behind its border. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { createLogger } from '../../../src/logging';
import {
  FalpayClient,
  callbackScheme,
  loadProfile,
  signatureHeaders,
  type ApiCardApplyVo,
  type ApiCardBinVo,
  type FalpayProfile,
  type MerchantDetailVo,
  type OpenWalletInfoVo,
} from '../../../src/falpay';
import { buildGateway } from '../../../src/gateway/app';
import { callbackReader } from '../../../src/gateway/callback-reader';
import type { GatewayDeps } from '../../../src/gateway/deps';
import type { ApiKey, ApiRole } from '../../../src/config';
import type { FlowState, LimitChange } from '../../../src/messages';

const platform = generateKeyPairSync('rsa', { modulusLength: 2048 });
const client = generateKeyPairSync('rsa', { modulusLength: 2048 });

const falpayClient = (profile: FalpayProfile) =>
  new FalpayClient({
    baseUrl: 'http://127.0.0.1:9',
    clientId: '1',
    clientSecret: 's',
    privateKey: client.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    platformPublicKeys: [platform.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    profile,
  });

export const keyOf: Readonly<Record<'shop' | 'ops' | 'books' | 'desk', string>> = {
  shop: randomBytes(24).toString('base64url'),
  ops: randomBytes(24).toString('base64url'),
  books: randomBytes(24).toString('base64url'),
  desk: randomBytes(24).toString('base64url'),
};
const roles: Readonly<Record<keyof typeof keyOf, readonly ApiRole[]>> = {
  shop: ['backend'],
  ops: ['operator'],
  books: ['finance'],
  desk: ['backend', 'card:reveal'],
};
const apiKeys: readonly ApiKey[] = (['shop', 'ops', 'books', 'desk'] as const).map((name) => ({
  name,
  sha256: createHash('sha256').update(keyOf[name]).digest('hex'),
  roles: roles[name],
}));

export const bearer = (name: keyof typeof keyOf) => ({ authorization: `Bearer ${keyOf[name]}` });

export const bins: readonly ApiCardBinVo[] = [
  { binId: '101', enabled: true, needCardholder: false },
  { binId: '102', enabled: true, needCardholder: true },
  { binId: '103', enabled: false, needCardholder: false },
].map((bin) => ({
  ...bin,
  cardBin: '411111',
  scheme: 'VISA',
  currency: 'USD',
  country: 'HK',
  cardMode: 'SHARE',
  openFee: '1.00',
  monthlyFee: '0.50',
}));

export const MERCHANT: MerchantDetailVo = {
  merchantId: '1900000000000000001',
  merchantOrderNo: 'M-1',
  merchantType: 'COMPANY',
  auditStatus: 'APPROVED',
  createTime: '2026-01-05 10:00:00',
  updateTime: '2026-01-05 10:00:00',
};
export const WALLET: OpenWalletInfoVo = {
  walletId: '17',
  walletOrderNo: 'M-1_OW1',
  merchantId: MERCHANT.merchantId,
  currency: 'USD',
  availableBalance: '70.00',
  frozenBalance: '0.00',
  totalBalance: '70.00',
  status: 'NORMAL',
  auditStatus: 'APPROVED',
  createTime: '2026-01-05 10:00:00',
};
export const CARD: ApiCardApplyVo = {
  cardId: '1900000000000000042',
  cardOrderNo: 'M-1_OC1',
  walletId: '17',
  binId: '101',
  status: 'ACTIVE',
  maskedCardNo: '411111******1111',
  last4: '1111',
  expiry: '01/29',
  cardLimit: '20.00',
  usedAmount: '0.00',
  availableLimit: '20.00',
  currency: 'USD',
  createTime: '2026-01-05 10:00:00',
};

export function stateOf(number: string, over: Partial<FlowState> = {}): FlowState {
  return {
    workflowId: `onboarding/${number}`,
    kind: 'onboarding',
    number,
    stage: 'WAITING',
    steps: [],
    waits: [],
    blocks: [],
    outputs: { cards: [] },
    actions: [],
    ...over,
  };
}

export const limitChange: LimitChange = {
  orderNo: 'L-1',
  direction: 'INCREASE',
  amount: '10.00',
  currency: 'USD',
  status: 'QUEUED',
  requestedAt: '2026-01-05T10:00:00.000Z',
};

export interface Gateway {
  readonly app: FastifyInstance;
  readonly cardflow: { readonly [Name in keyof GatewayDeps['cardflow']]: jest.Mock };
  readonly route: jest.Mock;
  readonly ready: jest.Mock;
  readonly falpay: { readonly [Name in Exclude<keyof GatewayDeps['falpay'], 'profile'>]: jest.Mock };
  /** Every line the log got. */
  readonly lines: string[];
}

export function gateway(profile = loadProfile(), over: Partial<GatewayDeps> = {}): Gateway {
  const route = jest.fn().mockResolvedValue('signalled');
  const cardflow = {
    start: jest.fn(async (_kind: string, number: string) => ({ outcome: 'started', state: stateOf(number) })),
    state: jest.fn(async (_kind: string, number: string) => stateOf(number)),
    waitForChange: jest.fn(async (_kind: string, number: string) => stateOf(number, { stage: 'COMPLETED' })),
    act: jest.fn(async (_kind: string, number: string) => stateOf(number, { stage: 'RUNNING' })),
    restart: jest.fn(async (_kind: string, number: string) => stateOf(number, { stage: 'RUNNING' })),
    events: jest.fn(),
    list: jest.fn(async () => ({ items: [] })),
    changeLimit: jest.fn(async () => ({ outcome: 'accepted', change: limitChange })),
    limitChange: jest.fn(async () => limitChange),
    waitForLimitChange: jest.fn(async () => ({ ...limitChange, status: 'DONE' })),
    callbacks: { route } as unknown as jest.Mock,
    reconciliation: jest.fn(),
  };
  const falpay = {
    listCardBins: jest.fn(async () => bins),
    getRechargeInfo: jest.fn(async () => ({ methods: [] })),
    getMerchant: jest.fn(async () => MERCHANT),
    getWallet: jest.fn(async () => WALLET),
    listWalletFlows: jest.fn(async () => ({ items: [], pageInfo: { pageNum: 1, pageSize: 50, total: 0 } })),
    getCard: jest.fn(async () => CARD),
    listCardPayOrders: jest.fn(async () => ({ list: [], pageNum: 1, pageSize: 50, total: 0 })),
    listCardFees: jest.fn(async () => ({ list: [], pageNum: 1, pageSize: 50, total: 0 })),
    unsafeGetCardWithSecrets: jest.fn(),
  };
  const ready = jest.fn(async () => true);
  const lines: string[] = [];
  const app = buildGateway({
    cardflow: cardflow as unknown as GatewayDeps['cardflow'],
    falpay: { ...falpay, profile },
    callbacks: callbackReader(falpayClient(profile)),
    ready,
    apiKeys,
    log: createLogger({ service: 'gateway', level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    registry: new Registry(),
    ...over,
  });
  return { app, cardflow, route, ready, falpay, lines };
}

/** A callback as FalPay would send it, signed at `at` (epoch ms). */
export function signedCallback(topic: string, body: unknown, at = Date.now(), profile = loadProfile()) {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const scheme = callbackScheme(profile.signature);
  return {
    method: 'POST' as const,
    url: `/callbacks/falpay/${topic}`,
    payload,
    headers: {
      'content-type': 'application/json',
      ...signatureHeaders({ body: payload }, { key: platform.privateKey, profile, now: at, scheme }),
    } as Record<string, string>,
  };
}

export const audit = (over: object = {}) => ({
  eventId: 'e-1',
  topic: 'merchant-audit',
  occurredAt: '2026-01-05 10:00:00',
  data: {
    merchantId: '1900000000000000001',
    merchantOrderNo: 'M-1',
    auditStatus: 'APPROVED',
    auditTime: '2026-01-05 10:00:00',
    ...over,
  },
});

export function companyBody() {
  return {
    merchant: {
      merchantType: 'COMPANY',
      contactName: 'Li Lei',
      contactPhone: '+852 5555 0001',
      contactEmail: 'li@example.com',
      company: {
        nameEn: 'Example Limited',
        country: 'HK',
        registrationNo: '12345678',
        registerDate: '2015-04-01',
        address: '1 Queen Street',
        industry: 'software',
        businessLicenseKey: 'kyc/license.pdf',
        legalInfo: {
          name: 'Li Lei',
          nationality: 'CN',
          birthDate: '1980-01-01',
          certType: 'PASSPORT',
          certNo: 'E12345678',
          certFrontKey: 'kyc/front.jpg',
        },
        shareholders: [
          {
            name: 'Li Lei',
            nationality: 'CN',
            certType: 'PASSPORT',
            certNo: 'E12345678',
            shareRatio: '100',
            certFrontKey: 'kyc/front.jpg',
          },
        ],
      },
    },
    wallet: { currency: 'USD' },
    recharge: { amount: '100.00', currency: 'USD' },
    cards: [
      { binId: '101', cardLimit: '20.00', currency: 'USD' },
      { binId: '101', cardLimit: '30.00', currency: 'USD' },
    ],
  };
}

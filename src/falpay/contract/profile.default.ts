import type { FalpayProfile } from './profile';

const SECONDS = 1000;
const timeoutMs = 10 * SECONDS;
const query = (path: string) => ({ path, timeoutMs, idempotent: 'assumed' }) as const;

/**
 * Everything we assume about how FalPay's Open API is spoken, as data. All of it is [I] except the token's path and
 * transport and the envelope, which are [A]. An override file of the same shape (any part of it) changes it without
 * touching code.
 */
export const defaultProfile: FalpayProfile = {
  http: { contentType: 'application/json; charset=utf-8', maxAnswerBytes: 10_000_000 },
  headers: {
    authorization: 'Authorization',
    authorizationScheme: 'Bearer',
    timestamp: 'X-Falpay-Timestamp',
    nonce: 'X-Falpay-Nonce',
    signature: 'X-Falpay-Signature',
    requestId: 'X-Request-Id',
  },
  signature: {
    algorithm: 'SHA256withRSA',
    parts: ['timestamp', 'nonce', 'body'],
    separator: '\n',
    encoding: 'base64',
    timestampUnit: 'ms',
    nonceLength: 32,
  },
  token: {
    path: '/api/open/auth/token',
    transport: 'query',
    expiresInUnit: 's',
    refreshBeforeMs: 10 * SECONDS,
    timeoutMs,
    answerSignature: 'ifPresent',
  },
  envelope: {
    success: 'success',
    code: 'code',
    message: 'message',
    data: 'data',
    successCode: '200',
    notFoundCodes: ['NOT_FOUND'],
  },
  errors: {
    codes: {
      '401': 'auth',
      UNAUTHORIZED: 'auth',
      INVALID_TOKEN: 'auth',
      TOKEN_EXPIRED: 'auth',
      INVALID_CLIENT: 'auth',
      INVALID_SIGNATURE: 'auth',
      SIGNATURE_ERROR: 'auth',
      SIGN_ERROR: 'auth',
      '429': 'unavailable',
      TOO_MANY_REQUESTS: 'unavailable',
    },
  },
  time: { format: 'yyyy-MM-dd HH:mm:ss', zone: '+08:00' },
  wire: { ids: 'string', amounts: 'string', names: {} },
  callbacks: {
    maxFutureSkewMs: 300 * SECONDS,
    staleAfterMs: 300 * SECONDS,
    enforceFreshness: false,
    confirmByQuery: true,
    acknowledgement: { status: 200, body: { success: true, code: '200', message: 'OK' } },
  },
  operations: {
    createMerchant: {
      path: '/api/open/merchant/create',
      timeoutMs,
      idempotent: 'assumed',
      lookup: { operation: 'getMerchant', key: 'merchantOrderNo', provesAbsence: true },
    },
    updateMerchant: {
      path: '/api/open/merchant/update',
      timeoutMs,
      idempotent: 'assumed',
      lookup: { operation: 'getMerchant', key: 'merchantId', provesAbsence: false },
    },
    getMerchant: query('/api/open/merchant/detail'),
    openWallet: {
      path: '/api/open/wallet/apply',
      timeoutMs,
      idempotent: 'assumed',
      lookup: { operation: 'getWallet', key: 'walletOrderNo', provesAbsence: true },
    },
    createRecharge: {
      path: '/api/open/wallet/recharge/create',
      timeoutMs,
      idempotent: 'assumed',
      // The flow of a wallet lists booked movements only: an order not yet paid is not in it.
      lookup: { operation: 'listWalletFlows', key: 'merchantOrderNo', provesAbsence: false },
    },
    createWithdrawal: {
      path: '/api/open/wallet/withdraw/create',
      timeoutMs,
      idempotent: 'assumed',
      lookup: { operation: 'listWalletFlows', key: 'merchantOrderNo', provesAbsence: false },
    },
    updateWalletStatus: {
      path: '/api/open/wallet/status/update',
      timeoutMs,
      idempotent: 'assumed',
      lookup: { operation: 'getWallet', key: 'walletId', provesAbsence: false },
    },
    getWallet: query('/api/open/wallet/info'),
    listWalletFlows: query('/api/open/wallet/flow'),
    listCardBins: query('/api/open/card/bin/list'),
    getRechargeInfo: query('/api/open/wallet/recharge/info'),
    createCardholder: { path: '/api/open/cardholder/save', timeoutMs, idempotent: 'assumed' },
    applyCard: {
      path: '/api/open/card/apply',
      timeoutMs,
      idempotent: 'assumed',
      lookup: { operation: 'getCard', key: 'cardOrderNo', provesAbsence: true },
    },
    increaseCardLimit: {
      path: '/api/open/card/quota/increase',
      timeoutMs,
      idempotent: 'assumed',
      lookup: { operation: 'getCard', key: 'cardId', provesAbsence: false },
    },
    decreaseCardLimit: {
      path: '/api/open/card/quota/decrease',
      timeoutMs,
      idempotent: 'assumed',
      lookup: { operation: 'getCard', key: 'cardId', provesAbsence: false },
    },
    getCard: query('/api/open/card/info'),
    listCardFees: query('/api/open/card/fee/page'),
    getCardPayOrder: query('/api/open/card/pay-order/info'),
    listCardPayOrders: query('/api/open/card/pay-order/page'),
  },
};

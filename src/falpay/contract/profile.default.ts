import type { FalpayProfile } from './profile-schema';

const SECONDS = 1000;
const timeoutMs = 10 * SECONDS;
const query = (path: string) => ({ path, timeoutMs, idempotent: 'assumed' }) as const;

/**
 * Everything we assume about how FalPay's Open API is spoken, as data. All of it is [I] except the token's path and
 * transport and the envelope, which are [A]. An override file of the same shape (any part of it) changes it without
 * touching code.
 */
export const defaultProfile: FalpayProfile = {
  http: {
    method: 'POST',
    basePath: '',
    contentType: 'application/json; charset=utf-8',
    maxAnswerBytes: 10_000_000,
    success: ['2xx'],
    // 401 and 429 come from before any business. A proxy's 408 and any 5xx tell nothing of what became of a call.
    statuses: { '401': 'token', '408': 'unknown', '429': 'unavailable', '5xx': 'unknown' },
  },
  headers: {
    authorization: 'Authorization',
    authorizationScheme: 'Bearer',
    timestamp: 'X-Falpay-Timestamp',
    nonce: 'X-Falpay-Nonce',
    signature: 'X-Falpay-Signature',
    requestId: 'X-Request-Id',
    retryAfter: 'Retry-After',
    fixed: {},
  },
  signature: {
    algorithm: 'SHA256withRSA',
    parts: ['timestamp', 'nonce', 'body'],
    separator: '\n',
    suffix: '',
    sortedFields: { assign: '=', join: '&', skip: 'null' },
    answerSignature: 'required',
    encoding: 'base64',
    timestampUnit: 'ms',
    nonceLength: 32,
  },
  token: {
    path: '/api/open/auth/token',
    method: 'POST',
    transport: 'query',
    grantType: 'client_credentials',
    parameters: { grantType: 'grant_type', clientId: 'client_id', clientSecret: 'client_secret' },
    expiresInUnit: 's',
    refreshBeforeMs: 10 * SECONDS,
    timeoutMs,
    answerSignature: 'ifPresent',
    refusals: ['4xx'],
  },
  envelope: {
    success: 'success',
    code: 'code',
    message: 'message',
    data: 'data',
    successCode: '200',
    notFoundCodes: ['NOT_FOUND'],
    codes: 'string',
  },
  errors: {
    codes: {
      '401': 'token',
      UNAUTHORIZED: 'token',
      INVALID_TOKEN: 'token',
      TOKEN_EXPIRED: 'token',
      INVALID_CLIENT: 'auth',
      INVALID_SIGNATURE: 'auth',
      SIGNATURE_ERROR: 'auth',
      SIGN_ERROR: 'auth',
      '429': 'unavailable',
      TOO_MANY_REQUESTS: 'unavailable',
      // The envelope's codes are those of HTTP ("200" [A]): a fault of FalPay's server is no refusal, however it is signed.
      '500': 'unknown',
      '502': 'unknown',
      '503': 'unknown',
      '504': 'unknown',
    },
  },
  time: { format: 'yyyy-MM-dd HH:mm:ss', zone: '+08:00', date: 'yyyy-MM-dd', writtenAs: 'string' },
  paging: {
    pageNum: 'pageNum',
    pageSize: 'pageSize',
    param: 'param',
    total: 'total',
    list: 'list',
    firstPage: 1,
  },
  wire: {
    ids: 'string',
    amounts: 'string',
    amountUnit: 'major',
    minorDigits: {},
    booleans: { true: true, false: false },
    naming: 'camelCase',
    names: {},
    enums: {},
  },
  callbacks: {
    topics: {
      'merchant-audit': { path: '/merchant-audit', value: 'merchant-audit' },
      'wallet-audit': { path: '/wallet-audit', value: 'wallet-audit' },
      'wallet-recharge': { path: '/wallet-recharge', value: 'wallet-recharge' },
      'wallet-withdrawal': { path: '/wallet-withdrawal', value: 'wallet-withdrawal' },
      'card-authorization': { path: '/card-authorization', value: 'card-authorization' },
      'card-status': { path: '/card-status', value: 'card-status' },
    },
    fields: { topic: 'body.topic', eventId: 'body.eventId', occurredAt: 'body.occurredAt', data: 'body.data' },
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

import type { CallbackTopic } from './callbacks';
import type { OperationName } from './operations';

/*
 * FalPay's page, as its navigation has it: every entry under its literal title, and where Cardflow has it. [N]
 */

/** Documents without an operation. */
export const documents = [
  { title: '对接指引', english: 'Integration guide', where: 'docs/falpay-client.md' },
  {
    title: '异步回调',
    english: 'Callbacks',
    where: 'the callbacks below; `verifyCallback`; `POST /callbacks/falpay/{topic}`',
  },
  { title: 'AWS S3 文件上传', english: 'File upload to AWS S3', where: '`cardflow upload`; `POST /v1/files`' },
] as const;

interface Group {
  readonly title: string;
  readonly english: string;
  readonly operations: readonly OperationName[];
}

/** The groups of operations, in the page's order. */
export const groups: readonly Group[] = [
  { title: '认证', english: 'Authentication', operations: ['getToken'] },
  { title: '商户', english: 'Merchants', operations: ['createMerchant', 'updateMerchant', 'getMerchant'] },
  {
    title: '卡钱包',
    english: 'Card wallets',
    operations: [
      ...(['openWallet', 'createRecharge', 'createWithdrawal', 'updateWalletStatus', 'getWallet'] as const),
      ...(['listWalletFlows', 'listCardBins', 'getRechargeInfo'] as const),
    ],
  },
  {
    title: '卡片',
    english: 'Cards',
    operations: [
      ...(['applyCard', 'increaseCardLimit', 'decreaseCardLimit', 'getCard', 'listCardFees'] as const),
      ...(['getCardPayOrder', 'listCardPayOrders'] as const),
    ],
  },
  { title: '持卡人', english: 'Cardholders', operations: ['createCardholder'] },
];

/** 签名验签工具: commands of ours, offline, and the same at the sandbox. */
export const signatureTools = [
  { title: '生成秘钥对', english: 'Generate a pair of keys', command: 'keys generate', sandbox: 'generate-keys' },
  { title: '1.客户端签名', english: '1. The client signs', command: 'sign client', sandbox: 'client-sign' },
  { title: '2.服务端验签', english: '2. The server verifies', command: 'verify server', sandbox: 'server-verify' },
  { title: '3.服务端签名', english: '3. The server signs', command: 'sign server', sandbox: 'server-sign' },
  { title: '4.客户端验签', english: '4. The client verifies', command: 'verify client', sandbox: 'client-verify' },
] as const;

interface CallbackGroup {
  readonly title: string;
  readonly callbacks: readonly { readonly title: string; readonly topic: CallbackTopic }[];
}

/** The callbacks, grouped as on the page. */
export const callbackGroups: readonly CallbackGroup[] = [
  {
    title: '卡片',
    callbacks: [
      { title: '卡片授权订单相关', topic: 'card-authorization' },
      { title: '卡片撤销、冻结,解冻', topic: 'card-status' },
    ],
  },
  {
    title: '卡钱包',
    callbacks: [
      { title: '卡钱包审核回调', topic: 'wallet-audit' },
      { title: '卡钱包充值回调', topic: 'wallet-recharge' },
      { title: '卡钱包提现回调', topic: 'wallet-withdrawal' },
    ],
  },
  { title: '商户', callbacks: [{ title: '商户账户审核回调', topic: 'merchant-audit' }] },
];

/** The group an operation belongs to. */
export function groupOf(operation: OperationName): Group {
  const group = groups.find(({ operations }) => operations.includes(operation));
  if (group === undefined) throw new Error(`operation ${operation} stands in no group of the navigation`);
  return group;
}

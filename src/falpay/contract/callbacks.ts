import { z } from 'zod';
import {
  CardAuthorizationData,
  CardStatusData,
  MerchantAuditData,
  WalletAuditData,
  WalletRechargeData,
  WalletWithdrawalData,
} from './callback-data';
import { assumed, named, type Provenance } from './provenance';
import { wireId, wireTime } from './scalars';

/** One kind of callback that FalPay sends. */
export interface CallbackRow {
  /** FalPay's name for it. [N] */
  readonly title: string;
  readonly data: z.ZodType;
  readonly provenance: Provenance;
  /** The field of `data` with our order number; FalPay may leave it out. */
  readonly orderNo?: string;
  /** The field of `data` with FalPay's id of what it is about; always there. */
  readonly ref: string;
}

const row = <const Row extends CallbackRow>(definition: Row): Row => definition;

/** The six topics. [N names, I fields] */
export const callbacks = {
  'merchant-audit': row({
    title: '商户账户审核',
    data: MerchantAuditData,
    provenance: 'N',
    orderNo: 'merchantOrderNo',
    ref: 'merchantId',
  }),
  'wallet-audit': row({
    title: '卡钱包审核',
    data: WalletAuditData,
    provenance: 'N',
    orderNo: 'walletOrderNo',
    ref: 'walletId',
  }),
  'wallet-recharge': row({
    title: '卡钱包充值',
    data: WalletRechargeData,
    provenance: 'N',
    orderNo: 'rechargeOrderNo',
    ref: 'orderNo',
  }),
  'wallet-withdrawal': row({
    title: '卡钱包提现',
    data: WalletWithdrawalData,
    provenance: 'N',
    orderNo: 'withdrawOrderNo',
    ref: 'orderNo',
  }),
  'card-authorization': row({ title: '卡片授权订单相关', data: CardAuthorizationData, provenance: 'N', ref: 'cardId' }),
  'card-status': row({
    title: '卡片撤销、冻结，解冻',
    data: CardStatusData,
    provenance: 'N',
    orderNo: 'cardOrderNo',
    ref: 'cardId',
  }),
} as const;

export type CallbackTopic = keyof typeof callbacks;
export const callbackTopics = Object.keys(callbacks) as [CallbackTopic, ...CallbackTopic[]];
export const isCallbackTopic = (topic: string): topic is CallbackTopic => Object.hasOwn(callbacks, topic);

const bodyOf = (topic: CallbackTopic, data: z.ZodType) =>
  z
    .object({
      eventId: wireId.meta(assumed('事件号')),
      topic: z.literal(topic).meta(assumed('主题')),
      occurredAt: wireTime.meta(assumed('发生时间')),
      data,
    })
    .meta(named('回调'));

/** The whole of each topic as it is inside; where its parts stand on the wire is the profile's `callbacks.fields`. [I] */
export const callbackBodies = Object.fromEntries(
  callbackTopics.map((topic) => [topic, bodyOf(topic, callbacks[topic].data)]),
) as Readonly<Record<CallbackTopic, ReturnType<typeof bodyOf>>>;

interface EventOf<Topic extends CallbackTopic> {
  readonly eventId: string;
  readonly topic: Topic;
  /** In FalPay's zone, as all times inside. */
  readonly occurredAt: string;
  readonly data: z.infer<(typeof callbacks)[Topic]['data']>;
  /** Our order number, when FalPay sent it. */
  readonly orderNo?: string;
  /** FalPay's id of what the event is about: merchantId, walletId, orderNo or cardId. */
  readonly ref: string;
}

/** A callback, parsed: narrow it by `topic`. */
export type CallbackBody = { readonly [Topic in CallbackTopic]: EventOf<Topic> }[CallbackTopic];

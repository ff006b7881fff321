import { z } from 'zod';
import { InvalidInput, issuesOf } from '../errors';
import {
  CardAuthorizationData,
  CardStatusData,
  MerchantAuditData,
  WalletAuditData,
  WalletRechargeData,
  WalletWithdrawalData,
} from './callback-data';
import { decode, type WireRules } from './codec';
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
    // One name for six models: to the profile they are one. Without `id`, which must be unique.
    .meta({ ...named('回调'), model: 'CallbackBody' });

/** The whole body of each topic, as FalPay sends it. [I] */
export const callbackBodies = Object.fromEntries(
  callbackTopics.map((topic) => [topic, bodyOf(topic, callbacks[topic].data)]),
) as Readonly<Record<CallbackTopic, ReturnType<typeof bodyOf>>>;

interface EventOf<Topic extends CallbackTopic> {
  readonly eventId: string;
  readonly topic: Topic;
  /** As FalPay wrote it. */
  readonly occurredAt: string;
  readonly data: z.infer<(typeof callbacks)[Topic]['data']>;
  /** Our order number, when FalPay sent it. */
  readonly orderNo?: string;
  /** FalPay's id of what the event is about: merchantId, walletId, orderNo or cardId. */
  readonly ref: string;
}

/** A callback, parsed: narrow it by `topic`. */
export type CallbackBody = { readonly [Topic in CallbackTopic]: EventOf<Topic> }[CallbackTopic];

/**
 * Reads the body of a callback, parsed from JSON with or without loss, as the topic's model. Unknown fields are
 * dropped, unknown statuses are kept. [N topics, I fields]
 * @throws InvalidInput with the path of each field that does not fit, such as `data.creditedAmount`
 */
export function parseCallback(topic: CallbackTopic, body: unknown, rules?: WireRules): CallbackBody {
  const row: CallbackRow = callbacks[topic];
  const bodyModel = callbackBodies[topic];
  const parsed = bodyModel.safeParse(decode(bodyModel, body, rules));
  if (!parsed.success) throw new InvalidInput(`Callback ${topic}`, issuesOf(parsed.error));
  const { eventId, occurredAt } = parsed.data;
  const data = parsed.data.data as Readonly<Record<string, unknown>>;
  const orderNo = row.orderNo === undefined ? undefined : data[row.orderNo];
  return {
    eventId,
    topic,
    occurredAt,
    data,
    ...(typeof orderNo === 'string' ? { orderNo } : {}),
    ref: String(data[row.ref]),
    // The row's model has just checked what the compiler cannot see through the lookup by topic.
  } as unknown as CallbackBody;
}

import type { FalpayClient } from '../falpay';
import type { CallbackBody } from '../falpay/contract';
import type { CallbackEvent } from '../messages';
import type { CallbackReader } from './deps';

/** Reads callbacks with the FalPay client's keys and profile. */
export function callbackReader(
  falpay: Pick<FalpayClient, 'verifyCallback' | 'profile'>,
  now: () => number = Date.now,
): CallbackReader {
  return {
    paths: [...new Set(Object.values(falpay.profile.callbacks.topics).map(({ path }) => path))],
    acknowledgement: falpay.profile.callbacks.acknowledgement,
    read: (path, headers, rawBody) => {
      const receivedAt = now();
      const check = falpay.verifyCallback({ path, headers, rawBody, now: receivedAt });
      if (check.ok) return { ok: true, event: eventOf(check.event, check.stale, receivedAt) };
      const reason = check.status === 401 ? 'unauthentic' : 'unreadable';
      return { ok: false, reason, detail: `${check.reason}: ${check.detail}` };
    },
  };
}

function eventOf(body: CallbackBody, stale: boolean, receivedAt: number): CallbackEvent {
  const { eventId, topic, occurredAt, orderNo, ref } = body;
  const data: Readonly<Record<string, unknown>> = { ...body.data };
  return {
    eventId,
    topic,
    occurredAt,
    receivedAt: new Date(receivedAt).toISOString(),
    stale,
    ...(orderNo !== undefined && { orderNo }),
    ref,
    ids: { merchantId: idIn(data, 'merchantId'), walletId: idIn(data, 'walletId'), cardId: idIn(data, 'cardId') },
    data,
  };
}

function idIn(data: Readonly<Record<string, unknown>>, field: string): string | undefined {
  const value = data[field];
  return typeof value === 'string' ? value : undefined;
}

/** 创建持卡人. FalPay has neither a query nor a callback for it: the answer is all there is. [N] */
import type { ApiSaveCardHolderDto, ApiSaveCardHolderVo } from '../../falpay/contract';
import { Refusal } from '../refusal';
import type { World } from '../world';
import type { Cardholder } from './entities';
import type { Decision } from './merchants';

export function createCardholder(world: World, dto: ApiSaveCardHolderDto): ApiSaveCardHolderVo {
  const merchant = world.merchants.byId(dto.merchantId);
  if (merchant === undefined) throw new Refusal('NOT_FOUND', 'merchant not found', 'merchantId');
  if (merchant.auditStatus !== 'APPROVED')
    throw new Refusal('MERCHANT_NOT_APPROVED', `the merchant's audit is ${merchant.auditStatus}`, 'merchantId');
  const delay = world.settings.current.cardholderAuditDelay;
  const plan = world.plans.take(
    'cardholder-audit',
    (one) => one.orderNo === undefined || one.orderNo === dto.cardholderOrderNo,
  );
  const decision: Decision = { decision: plan?.decision ?? 'APPROVED', reason: plan?.reason };
  const pending: Cardholder = world.cardholders.insert({
    cardholderId: world.ids.next('cardholder'),
    cardholderOrderNo: dto.cardholderOrderNo,
    merchantId: dto.merchantId,
    status: 'PENDING',
    createTime: world.clock.now(),
  });
  if (delay === 0) return view(decideCardholder(world, pending, decision));
  if (delay !== 'manual') {
    const detail: Record<string, string> = { decision: decision.decision };
    if (decision.reason !== undefined) detail['reason'] = decision.reason;
    world.schedule({ kind: 'cardholder-audit', subject: pending.cardholderId, detail }, delay);
  }
  return view(pending);
}

/** @throws Refusal CARDHOLDER_INVALID when it was decided before */
export function decideCardholder(world: World, cardholder: Cardholder, { decision, reason }: Decision): Cardholder {
  if (cardholder.status !== 'PENDING')
    throw new Refusal('CARDHOLDER_INVALID', `the cardholder is ${cardholder.status} already`);
  world.cancel('cardholder-audit', cardholder.cardholderId);
  return world.cardholders.update({
    ...cardholder,
    status: decision,
    reason: decision === 'REJECTED' ? (reason ?? 'identity paper unreadable') : undefined,
  });
}

function view({ cardholderId, cardholderOrderNo, status, reason }: Cardholder): ApiSaveCardHolderVo {
  return { cardholderId, cardholderOrderNo, status, reason };
}

/** 创建商户 · 更新商户 · 商户详情 · 商户账户审核. */
import type { MerchantCreateDto, MerchantDetailDto, MerchantDetailVo, MerchantUpdateDto } from '../../falpay/contract';
import { Refusal } from '../refusal';
import type { World } from '../world';
import type { Merchant } from './entities';

export interface Decision {
  readonly decision: 'APPROVED' | 'REJECTED';
  readonly reason?: string;
}

export function createMerchant(world: World, dto: MerchantCreateDto): string {
  const now = world.clock.now();
  const merchant = world.merchants.insert({
    merchantId: world.ids.next('merchant'),
    merchantOrderNo: dto.merchantOrderNo,
    merchantType: dto.merchantType,
    auditStatus: 'PENDING',
    auditRound: 1,
    createTime: now,
    updateTime: now,
  });
  scheduleAudit(world, merchant);
  return merchant.merchantId;
}

/** A correction is welcome until the audit has approved; after a rejection it opens the next round. */
export function updateMerchant(world: World, dto: MerchantUpdateDto): null {
  const merchant = world.merchants.byId(dto.merchantId);
  if (merchant === undefined) throw new Refusal('NOT_FOUND', 'merchant not found', 'merchantId');
  if (merchant.auditStatus === 'APPROVED')
    throw new Refusal('MERCHANT_STATUS', 'an approved merchant cannot be changed', 'merchantId');
  const other = merchant.merchantType === 'COMPANY' ? 'person' : 'company';
  if (dto[other] !== undefined)
    throw new Refusal('INVALID_PARAMETER', `${other}: the merchant is of type ${merchant.merchantType}`, other);
  const next = { ...merchant, updateTime: world.clock.now() };
  if (merchant.auditStatus !== 'REJECTED') {
    world.merchants.update(next);
    return null;
  }
  const reopened: Merchant = {
    ...next,
    auditStatus: 'PENDING',
    auditRound: merchant.auditRound + 1,
    rejectReason: undefined,
    auditTime: undefined,
  };
  world.merchants.update(reopened);
  scheduleAudit(world, reopened);
  return null;
}

export function getMerchant(world: World, dto: MerchantDetailDto): MerchantDetailVo {
  const merchant =
    dto.merchantId === undefined
      ? world.merchants.byOrderNo(dto.merchantOrderNo ?? '')
      : world.merchants.byId(dto.merchantId);
  if (
    merchant === undefined ||
    (dto.merchantOrderNo !== undefined && merchant.merchantOrderNo !== dto.merchantOrderNo)
  ) {
    throw new Refusal('NOT_FOUND', 'merchant not found');
  }
  return {
    merchantId: merchant.merchantId,
    merchantOrderNo: merchant.merchantOrderNo,
    merchantType: merchant.merchantType,
    auditStatus: merchant.auditStatus,
    rejectReason: merchant.rejectReason,
    auditTime: merchant.auditTime === undefined ? undefined : world.time(merchant.auditTime),
    createTime: world.time(merchant.createTime),
    updateTime: world.time(merchant.updateTime),
  };
}

/**
 * Ends the open round of an audit and announces it.
 * @throws Refusal MERCHANT_STATUS when no round is open
 */
export function decideMerchantAudit(world: World, merchant: Merchant, { decision, reason }: Decision): Merchant {
  if (merchant.auditStatus !== 'PENDING')
    throw new Refusal('MERCHANT_STATUS', `the merchant is ${merchant.auditStatus} already, no audit is open`);
  const decided: Merchant = {
    ...merchant,
    auditStatus: decision,
    rejectReason: decision === 'REJECTED' ? (reason ?? 'documents unreadable') : undefined,
    auditTime: world.clock.now(),
    updateTime: world.clock.now(),
  };
  world.merchants.update(decided);
  world.cancel('merchant-audit', merchant.merchantId);
  world.announce('merchant-audit', {
    merchantId: decided.merchantId,
    merchantOrderNo: decided.merchantOrderNo,
    auditStatus: decided.auditStatus,
    rejectReason: decided.rejectReason,
    auditTime: world.time(decided.auditTime ?? 0),
  });
  return decided;
}

function scheduleAudit(world: World, merchant: Merchant): void {
  const delay = world.settings.current.merchantAuditDelay;
  if (delay === 'manual') return;
  const plan = world.plans.take(
    'merchant-audit',
    (one) => one.orderNo === undefined || one.orderNo === merchant.merchantOrderNo,
  );
  const detail: Record<string, string> = { decision: plan?.decision ?? 'APPROVED' };
  if (plan?.reason !== undefined) detail['reason'] = plan.reason;
  world.schedule({ kind: 'merchant-audit', subject: merchant.merchantId, detail }, delay);
}

import type { MerchantCreateDto, MerchantDetailVo, MerchantUpdateDto } from '../falpay/contract';
import type { ActivityDeps, Looked, Permit } from './deps';
import { createOnce, currentRun } from './failures';

type MerchantKey = { readonly merchantId: string } | { readonly merchantOrderNo: string };

export function merchantActivities({ falpay }: ActivityDeps) {
  return {
    /** 创建商户 [N]. @returns the merchantId */
    async createMerchant({ order, permit }: { order: MerchantCreateDto; permit: Permit }): Promise<string> {
      const { merchantOrderNo } = order;
      return createOnce(permit.run, 'createMerchant', merchantOrderNo, {
        send: () => falpay.createMerchant(order),
        find: async () => (await falpay.getMerchant({ merchantOrderNo }))?.merchantId ?? null,
      });
    },

    /** 更新商户 [N]: the whole body but number and type. `rejectedAt` is the audit that it answers. */
    async updateMerchant({
      order,
      rejectedAt,
      permit,
    }: {
      order: MerchantCorrection;
      rejectedAt?: string;
      permit: Permit;
    }): Promise<true> {
      const { merchantId } = order;
      const { merchantType, ...update } = order;
      return createOnce<true>(permit.run, 'updateMerchant', merchantId, {
        send: async () => {
          await falpay.updateMerchant(update);
          return true;
        },
        find: async () => {
          const detail = await falpay.getMerchant({ merchantId });
          const taken = detail && (detail.auditStatus !== 'REJECTED' || (detail.auditTime ?? '') > (rejectedAt ?? ''));
          return taken ? true : null;
        },
      });
    },

    /** 商户详情 [N]: audit and ids only. */
    async findMerchant(key: MerchantKey): Promise<Looked<MerchantFacts>> {
      const detail = await falpay.getMerchant(key);
      if (!detail) return { run: currentRun(), found: null };
      const { merchantId, auditStatus, rejectReason, auditTime } = detail;
      return { run: currentRun(), found: { merchantId, auditStatus, rejectReason, auditTime } };
    },
  };
}

type MerchantCorrection = MerchantUpdateDto & { readonly merchantType?: unknown };
export type MerchantFacts = Pick<MerchantDetailVo, 'merchantId' | 'auditStatus' | 'rejectReason' | 'auditTime'>;

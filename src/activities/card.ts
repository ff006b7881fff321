import type {
  ApiCardApplyDto,
  ApiCardApplyVo,
  ApiCardBinVo,
  ApiSaveCardHolderDto,
  ApiSaveCardHolderVo,
} from '../falpay/contract';
import type { ActivityDeps, Looked, Permit } from './deps';
import { createOnce, currentRun } from './failures';

/** A card without its number: the client drops number and CVV in the parser. */
export type CardFacts = Pick<ApiCardApplyVo, 'cardId' | 'cardOrderNo' | 'status' | 'last4' | 'failReason'>;
export type CardholderFacts = Pick<ApiSaveCardHolderVo, 'cardholderId' | 'status' | 'reason'>;
type CardKey = { readonly cardId: string } | { readonly cardOrderNo: string };

export function cardActivities({ falpay }: ActivityDeps) {
  return {
    /** 获取可用的卡BIN码列表 [N]. */
    async listCardBins(): Promise<readonly ApiCardBinVo[]> {
      return falpay.listCardBins();
    },

    /** 创建持卡人 [N]. FalPay has no query for it: a run that may not be the first cannot look, and must ask. */
    async createCardholder({
      order,
      permit,
    }: {
      order: ApiSaveCardHolderDto;
      permit: Permit;
    }): Promise<CardholderFacts> {
      const { cardholderId, status, reason } = await createOnce(
        permit.run,
        'createCardholder',
        order.cardholderOrderNo,
        {
          send: () => falpay.createCardholder(order),
        },
      );
      return { cardholderId, status, reason };
    },

    /** 开卡申请 [N]. */
    async applyCard({ order, permit }: { order: ApiCardApplyDto; permit: Permit }): Promise<CardFacts> {
      const { cardOrderNo } = order;
      return factsOf(
        await createOnce(permit.run, 'applyCard', cardOrderNo, {
          send: () => falpay.applyCard(order),
          find: () => falpay.getCard({ cardOrderNo }),
        }),
      );
    },

    /** 查询卡片详细信息 [N]. */
    async findCard(key: CardKey): Promise<Looked<CardFacts>> {
      const card = await falpay.getCard(key);
      return { run: currentRun(), found: card && factsOf(card) };
    },
  };
}

function factsOf({ cardId, cardOrderNo, status, last4, failReason }: CardFacts): CardFacts {
  return { cardId, cardOrderNo, status, last4, failReason };
}

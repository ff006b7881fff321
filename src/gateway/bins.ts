import type { FieldIssue } from '../client/index';
import type { ApiCardBinVo } from '../falpay/contract';
import type { FalpayQueries } from './deps';

/** How long a list of BINs is good; and for how long after a failure FalPay is not asked again. */
const GOOD_FOR_MS = 60_000;
const BAD_FOR_MS = 5_000;

/** FalPay's card BINs, asked for once a minute at most, by one call at a time. */
export class CardBins {
  private current?: { readonly list: Promise<readonly ApiCardBinVo[]>; readonly until: number };

  constructor(
    private readonly falpay: FalpayQueries,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws FalpayError */
  list(): Promise<readonly ApiCardBinVo[]> {
    if (this.current && this.now() < this.current.until) return this.current.list;
    const list = this.falpay.listCardBins();
    this.current = { list, until: this.now() + GOOD_FOR_MS };
    list.catch(() => {
      this.current = { list, until: this.now() + BAD_FOR_MS };
    });
    return list;
  }
}

interface CardsAsked {
  readonly cards: readonly { readonly binId: string; readonly cardholder?: object }[];
  /** Whose cardholders they are: an onboarding makes its merchant itself. */
  readonly merchant?: object;
  readonly merchantId?: string;
}

/** Cards that FalPay would refuse, told before the customer has paid. */
export function binIssues(body: CardsAsked, bins: readonly ApiCardBinVo[]): readonly FieldIssue[] {
  const needy = body.cards.find(({ binId }) => bins.some((bin) => bin.binId === binId && bin.needCardholder));
  const ownerless = needy && body.merchant === undefined && body.merchantId === undefined;
  const message = `is required: BIN ${needy?.binId} needs a cardholder, who is the merchant's`;
  return [...cardIssues(body, bins), ...(ownerless ? [{ path: 'merchantId', message }] : [])];
}

function cardIssues({ cards }: CardsAsked, bins: readonly ApiCardBinVo[]): readonly FieldIssue[] {
  return cards.flatMap(({ binId, cardholder }, index): readonly FieldIssue[] => {
    const bin = bins.find((known) => known.binId === binId);
    const path = `cards.${index}.binId`;
    if (!bin) return [{ path, message: `is not one of FalPay's BINs; GET /v1/card-bins lists them` }];
    if (!bin.enabled) return [{ path, message: 'is a BIN that FalPay has disabled' }];
    if (bin.needCardholder && !cardholder) {
      return [{ path: `cards.${index}.cardholder`, message: `is required: BIN ${binId} needs a cardholder` }];
    }
    return [];
  });
}

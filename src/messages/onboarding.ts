/** Input and result of `merchantOnboarding`, as the backend's start body has them. */
import type { ApiSaveCardHolderDto, MerchantCreateDto } from '../falpay/contract';
import type { CardOutput, RechargeOutput } from './state';

export interface OnboardingBody {
  readonly merchant: Omit<MerchantCreateDto, 'merchantOrderNo'>;
  readonly wallet: { readonly currency: string; readonly walletName?: string };
  readonly recharge: RechargeRequest;
  readonly cards: readonly CardRequest[];
}

export interface RechargeRequest {
  /** Decimal string in major units: what the customer pays in. */
  readonly amount: string;
  readonly currency: string;
  /** Absent: the only method there is, or CHOOSE_RECHARGE_METHOD. */
  readonly methodCode?: string;
  /** What must arrive net of fees; default: the amount less the announced fee. */
  readonly minCredited?: string;
}

export interface CardRequest {
  readonly binId: string;
  readonly cardLimit: string;
  readonly currency: string;
  readonly cardName?: string;
  readonly cardholder?: Omit<ApiSaveCardHolderDto, 'cardholderOrderNo' | 'merchantId'>;
}

export interface OnboardingResult {
  readonly merchantId: string;
  readonly walletId: string;
  readonly recharge: RechargeOutput;
  readonly cards: readonly CardOutput[];
}

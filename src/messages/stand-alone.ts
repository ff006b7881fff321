/** Inputs and results of the flows beside the onboarding: FalPay's model of the operation less our order number. */
import type { ApiSaveWalletApplyDto, ApiWalletWithdrawOrderDto, WalletStatusUpdateDto } from '../falpay/contract';
import type { StartedKind } from './ids';
import type { CardRequest, OnboardingBody, RechargeRequest } from './onboarding';
import type { CardOutput, RechargeOutput, WithdrawalOutput } from './state';

export type WalletOpeningBody = Omit<ApiSaveWalletApplyDto, 'walletOrderNo'>;

export interface WalletRechargeBody extends RechargeRequest {
  readonly walletId: string;
  /** File key of the payment's voucher. */
  readonly voucherKey?: string;
  readonly remark?: string;
}

export type WalletWithdrawalBody = Omit<ApiWalletWithdrawOrderDto, 'withdrawOrderNo'>;

export type WalletStatusChangeBody = WalletStatusUpdateDto;

export interface CardIssuanceBody {
  readonly walletId: string;
  /** The wallet's merchant: cardholders are made for it, where a BIN needs them. */
  readonly merchantId?: string;
  readonly cards: readonly CardRequest[];
}

export interface StartBodies {
  readonly onboarding: OnboardingBody;
  readonly 'wallet-opening': WalletOpeningBody;
  readonly 'wallet-recharge': WalletRechargeBody;
  readonly 'wallet-withdrawal': WalletWithdrawalBody;
  readonly 'wallet-status-change': WalletStatusChangeBody;
  readonly 'card-issuance': CardIssuanceBody;
}
export type StartBody<Kind extends StartedKind = StartedKind> = StartBodies[Kind];

export interface WalletOpeningResult {
  readonly merchantId: string;
  readonly walletId: string;
}
export interface WalletRechargeResult {
  readonly walletId: string;
  readonly recharge: RechargeOutput;
}
export interface WalletWithdrawalResult {
  readonly walletId: string;
  readonly withdrawal: WithdrawalOutput;
}
export interface WalletStatusChangeResult {
  readonly walletId: string;
  readonly walletStatus: string;
}
export interface CardIssuanceResult {
  readonly walletId: string;
  readonly cards: readonly CardOutput[];
}

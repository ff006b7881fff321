/**
 * What a trusted TypeScript backend imports: `import { CardflowClient } from 'cardflow'`.
 *
 * ```ts
 * const cardflow = new CardflowClient({ temporal: new Client({ connection }), environment: 'production' });
 * await cardflow.startOnboarding('M-1', body);
 * for await (const state of cardflow.watch('onboarding', 'M-1')) console.log(state.stage);
 * ```
 */
export {
  ActionRefusedError,
  CardflowClient,
  CardflowError,
  FlowNotFoundError,
  FlowUnresponsiveError,
  InvalidInputError,
  NotRestartableError,
  TemporalUnavailableError,
  fingerprint,
  isOver,
  reportCsv,
  type ActionRequests,
  type BulkRetried,
  type BulkRetryRequest,
  type CardflowClientOptions,
  type Days,
  type FieldIssue,
  type FlowItem,
  type FlowPage,
  type Limits,
  type ListRequest,
  type ReconciliationReport,
  type StartResult,
  type WalletReport,
  type WatchOptions,
} from './client/index';
export type {
  AbortRequest,
  AmendRequest,
  BlockState,
  CardIssuanceBody,
  CardIssuanceResult,
  CardRequest,
  CorrectRequest,
  FlowKind,
  FlowState,
  OnboardingBody,
  OnboardingResult,
  Patch,
  ReconciliationOutput,
  RechargeRequest,
  ReportEntry,
  Request,
  ResolveRequest,
  Stage,
  StartBody,
  StartedKind,
  WalletOpeningBody,
  WalletOpeningResult,
  WalletRechargeBody,
  WalletRechargeResult,
  WalletRegister,
  WalletStatusChangeBody,
  WalletStatusChangeResult,
  WalletWithdrawalBody,
  WalletSummary,
  WalletWithdrawalResult,
} from './messages';

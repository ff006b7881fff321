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
  LimitChangeNotFoundError,
  NotRestartableError,
  TemporalUnavailableError,
  fingerprint,
  isOver,
  type ActionRequests,
  type CardflowClientOptions,
  type FieldIssue,
  type FlowItem,
  type FlowPage,
  type LimitChangeName,
  type LimitChangeResult,
  type Limits,
  type ListRequest,
  type StartResult,
  type WatchOptions,
} from './client/index';
export type {
  AbortRequest,
  AmendRequest,
  BlockState,
  CardIssuanceBody,
  CardIssuanceResult,
  CardLife,
  CardRequest,
  CorrectRequest,
  FlowKind,
  FlowState,
  LimitChange,
  LimitChangeBody,
  OnboardingBody,
  OnboardingResult,
  Patch,
  RechargeRequest,
  Request,
  ResolveRequest,
  Stage,
  StartBody,
  StartedKind,
  WalletOpeningBody,
  WalletOpeningResult,
  WalletRechargeBody,
  WalletRechargeResult,
  WalletStatusChangeBody,
  WalletStatusChangeResult,
  WalletWithdrawalBody,
  WalletWithdrawalResult,
} from './messages';

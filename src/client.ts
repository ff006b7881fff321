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
  type ActionRequests,
  type CardflowClientOptions,
  type EventItem,
  type EventPage,
  type EventsRequest,
  type FieldIssue,
  type FlowItem,
  type FlowPage,
  type Limits,
  type ListRequest,
  type StartResult,
  type WatchOptions,
} from './client/index';
export type {
  AbortRequest,
  AmendRequest,
  BackendEvent,
  BlockState,
  CardIssuanceBody,
  CardIssuanceResult,
  CardRequest,
  CorrectRequest,
  EventData,
  EventType,
  FlowKind,
  FlowState,
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

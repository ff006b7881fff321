export { act, type ActionRequests } from './actions';
export { onboardingBody, MAX_CARDS } from './bodies';
export { CardflowClient, type CardflowClientOptions } from './cardflow-client';
export { DEFAULT_LIMITS, type Limits } from './context';
export * from './errors';
export { DEFAULT_PAGE_SIZE, type FlowItem, type FlowPage, type ListRequest } from './list';
export type { CallbackRouter, Claimed, Routed } from './router';
export type { StartResult } from './start';
export { fingerprint, isOver, type WatchOptions } from './watch';

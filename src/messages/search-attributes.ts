/** Search attributes, all Keyword: never encrypted, so they hold ids and stages only. */
import { defineSearchAttributeKey } from '@temporalio/common';

export const SEARCH_ATTRIBUTES = {
  FlowStage: defineSearchAttributeKey('FlowStage', 'KEYWORD'),
  FlowStep: defineSearchAttributeKey('FlowStep', 'KEYWORD'),
  BlockedReason: defineSearchAttributeKey('BlockedReason', 'KEYWORD'),
  MerchantOrderNo: defineSearchAttributeKey('MerchantOrderNo', 'KEYWORD'),
  FalpayMerchantId: defineSearchAttributeKey('FalpayMerchantId', 'KEYWORD'),
  FalpayWalletId: defineSearchAttributeKey('FalpayWalletId', 'KEYWORD'),
  FalpayCardId: defineSearchAttributeKey('FalpayCardId', 'KEYWORD'),
} as const;

export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES;

/** Temporal's own: when a Schedule's action was due, whenever it began. */
export const SCHEDULED_START = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

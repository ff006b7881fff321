import type { IncomingHttpHeaders } from 'node:http';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { CardflowClient } from '../client/index';
import type { ApiKey } from '../config';
import type { FalpayClient } from '../falpay';
import type { CallbackEvent } from '../messages';
import type { GatewayFiles } from './routes/files';

/** What the gateway is made of; the process and the tests put it together. */
export interface GatewayDeps {
  readonly cardflow: Pick<
    CardflowClient,
    | 'start'
    | 'state'
    | 'waitForChange'
    | 'act'
    | 'restart'
    | 'list'
    | 'events'
    | 'reconciliation'
    | 'callbacks'
    | 'changeLimit'
    | 'limitChange'
    | 'waitForLimitChange'
  >;
  readonly falpay: FalpayQueries;
  readonly callbacks: CallbackReader;
  /** Whether callbacks and starts can be taken now. */
  readonly ready: () => Promise<boolean>;
  readonly apiKeys: readonly ApiKey[];
  /** Requests a minute that one key may make; absent or 0: as many as it likes. */
  readonly rateLimit?: number;
  /** Absent: no files are taken. */
  readonly files?: GatewayFiles;
  readonly log: Logger;
  readonly registry: Registry;
}

/** The queries at FalPay that the API passes on. */
export type FalpayQueries = Pick<
  FalpayClient,
  // In which zone its times are.
  | 'profile'
  | 'listCardBins'
  | 'getRechargeInfo'
  | 'getMerchant'
  | 'getWallet'
  | 'listWalletFlows'
  | 'getCard'
  | 'listCardPayOrders'
  | 'listCardFees'
  // For the one route that shows a card to its holder.
  | 'unsafeGetCardWithSecrets'
>;

/** `unauthentic`: not provably FalPay's, now. `unreadable`: FalPay's, and not what the contract says. The detail is for the log alone. */
export type CallbackReading =
  | { readonly ok: true; readonly event: CallbackEvent }
  | { readonly ok: false; readonly reason: 'unauthentic' | 'unreadable'; readonly detail: string };

export interface CallbackReader {
  /** Where FalPay's callbacks may come to, below `/callbacks/falpay`: `/merchant-audit`; topics may share one. */
  readonly paths: readonly string[];
  /** Verifies the raw bytes, then and only then parses them. Never throws for what came from outside. */
  read(path: string, headers: IncomingHttpHeaders, body: Buffer): CallbackReading;
  /** What FalPay takes as "received". */
  readonly acknowledgement: { readonly status: number; readonly body: unknown };
}

import type { KeyObject } from 'node:crypto';
import type {
  ApiCardApplyDto,
  ApiCardApplyVo,
  ApiCardBinVo,
  ApiCardDecreaseQuotaDto,
  ApiCardFeeOrderDto,
  ApiCardIncreaseQuotaDto,
  ApiCardInfoDto,
  ApiCardPayOrderInfoDto,
  ApiCardPayOrderQueryDto,
  VcCardFeeOrderVo,
  VcCardPayOrderDto,
  VcCardPayOrderVo,
} from './contract/card';
import { UnsafeCardWithSecretsVo } from './contract/card';
import type { ApiSaveCardHolderDto, ApiSaveCardHolderVo } from './contract/cardholder';
import type {
  BasePageRequestApiCardFeeOrderDto,
  BasePageRequestApiCardPayOrderQueryDto,
  PagingVcCardFeeOrderVo,
  PagingVcCardPayOrderVo,
} from './contract/envelope';
import type { MerchantCreateDto, MerchantDetailDto, MerchantDetailVo, MerchantUpdateDto } from './contract/merchant';
import { type FalpayProfile, loadProfile } from './contract/profile';
import type {
  ApiSaveWalletApplyDto,
  ApiWalletRechargeOrderDto,
  ApiWalletRechargeOrderVo,
  ApiWalletWithdrawOrderDto,
  FlowItem,
  OpenWalletFlowQueryDto,
  OpenWalletFlowVo,
  OpenWalletInfoQueryDto,
  OpenWalletInfoVo,
  WalletApplyOpenApiVo,
  WalletRechargeInfoRequest,
  WalletRechargeInfoVo,
  WalletStatusUpdateDto,
} from './contract/wallet';
import { Caller, type CallHooks, type CallOptions } from './caller';
import { InvalidInput } from './errors';
import { Http } from './http';
import { readPrivateKey, readPublicKey } from './keys';
import { requestToken, TokenCache } from './token';
import { verifyCallback, type CallbackCheck, type ReceivedCallback } from './verify-callback';

export interface FalpayClientOptions {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Our signing key: Base64 PKCS#8 or PKCS#1, or PEM. */
  readonly privateKey: string;
  /** FalPay's keys, the current one first: Base64 SPKI or PKCS#1, or PEM. */
  readonly platformPublicKeys: readonly string[];
  /** How FalPay is spoken to; the default profile when left out. */
  readonly profile?: FalpayProfile;
  /** Epoch milliseconds; Date.now when left out. */
  readonly clock?: () => number;
  readonly hooks?: CallHooks;
  /** While FalPay is away calls fail unsent, and one harmless query at a time tries whether it is back. Default: every call is sent. */
  readonly sparing?: boolean;
}

/**
 * FalPay's Open API: one method for each operation, named as the operation.
 *
 * Every method may throw `InvalidInput` (nothing sent), `FalpayAuth` and `FalpayUnavailable` (nothing processed).
 * Methods that create or change something may throw `FalpayRejected` (a definite refusal) and `FalpayOutcomeUnknown`
 * (it may have happened: look it up before anything else). Queries may throw `FalpayRejected` and
 * `FalpayBadSignature`. No method repeats a call, except once with a new token after a 401.
 */
export class FalpayClient {
  readonly profile: FalpayProfile;
  readonly #http: Http;
  readonly #caller: Caller;
  readonly #platformKeys: readonly KeyObject[];
  readonly #now: () => number;

  constructor(options: FalpayClientOptions) {
    this.profile = options.profile ?? loadProfile();
    this.#now = options.clock ?? Date.now;
    requireText({ clientId: options.clientId, clientSecret: options.clientSecret });
    const privateKey = readPrivateKey(options.privateKey, 'privateKey');
    this.#platformKeys = readPlatformKeys(options.platformPublicKeys);
    this.#http = new Http(options.baseUrl, this.profile.http.maxAnswerBytes);
    const shared = { http: this.#http, profile: this.profile, keys: this.#platformKeys, now: this.#now };
    const { clientId, clientSecret } = options;
    const tokens = new TokenCache(() => requestToken({ ...shared, clientId, clientSecret }), this.#now);
    this.#caller = new Caller({
      ...shared,
      clientId,
      tokens,
      privateKey,
      hooks: options.hooks ?? {},
      sparing: options.sparing ?? false,
    });
  }

  /** 创建商户: answers with the merchant's id; its audit comes by callback. [N, path and fields I] */
  createMerchant(merchant: MerchantCreateDto, options?: CallOptions): Promise<string> {
    return this.#caller.call('createMerchant', merchant, options);
  }

  /** 更新商户: corrects a merchant, which is then audited anew. [N, path and fields I] */
  async updateMerchant(changes: MerchantUpdateDto, options?: CallOptions): Promise<void> {
    await this.#caller.call('updateMerchant', changes, options);
  }

  /** 商户详情, by either id or our order number; null when there is none. [N, path and fields I] */
  getMerchant(query: MerchantDetailDto, options?: CallOptions): Promise<MerchantDetailVo | null> {
    return this.#caller.find('getMerchant', query, options);
  }

  /** 开通卡钱包: its audit comes by callback. [N, path and fields I] */
  openWallet(application: ApiSaveWalletApplyDto, options?: CallOptions): Promise<WalletApplyOpenApiVo> {
    return this.#caller.call('openWallet', application, options);
  }

  /** 查询卡钱包信息, by either id or our order number; null when there is none. [N, path and fields I] */
  getWallet(query: OpenWalletInfoQueryDto, options?: CallOptions): Promise<OpenWalletInfoVo | null> {
    return this.#caller.find('getWallet', query, options);
  }

  /** 修改卡钱包状态. [N, path and fields I] */
  async updateWalletStatus(change: WalletStatusUpdateDto, options?: CallOptions): Promise<void> {
    await this.#caller.call('updateWalletStatus', change, options);
  }

  /** 查询卡钱包流水, one page: booked movements only, so a missing row proves nothing. [N, path and fields I] */
  listWalletFlows(query: OpenWalletFlowQueryDto, options?: CallOptions): Promise<OpenWalletFlowVo> {
    return this.#caller.call('listWalletFlows', query, options);
  }

  /** 查询卡钱包流水, all pages; a row that moves to the next page meanwhile comes once. */
  walletFlows(
    query: Omit<OpenWalletFlowQueryDto, 'pageNum' | 'pageSize'>,
    options?: CallOptions,
  ): AsyncGenerator<FlowItem, void, undefined> {
    const page = async (pageNum: number, pageSize: number) => {
      const { items, pageInfo } = await this.listWalletFlows({ ...query, pageNum, pageSize }, options);
      return { rows: items, total: pageInfo.total };
    };
    return everyRow(page, (item) => item.flowNo);
  }

  /** 获取可用的卡BIN码列表. [N, path and fields I] */
  listCardBins(options?: CallOptions): Promise<readonly ApiCardBinVo[]> {
    return this.#caller.call('listCardBins', undefined, options);
  }

  /** 获取充值方式/收款账号: ways to recharge, with fees and the account to pay to. [N, path and fields I] */
  getRechargeInfo(query: WalletRechargeInfoRequest, options?: CallOptions): Promise<WalletRechargeInfoVo> {
    return this.#caller.call('getRechargeInfo', query, options);
  }

  /** 创建充值订单: amount in major units, as a decimal string. The money's arrival comes by callback. [N, path and fields I] */
  createRecharge(order: ApiWalletRechargeOrderDto, options?: CallOptions): Promise<ApiWalletRechargeOrderVo> {
    return this.#caller.call('createRecharge', order, options);
  }

  /** 创建提现订单: answers with FalPay's order number. [N, path and fields I] */
  createWithdrawal(order: ApiWalletWithdrawOrderDto, options?: CallOptions): Promise<string> {
    return this.#caller.call('createWithdrawal', order, options);
  }

  /** 创建持卡人: there is no query for it, so an unknown outcome cannot be looked up. [N, path and fields I] */
  createCardholder(cardholder: ApiSaveCardHolderDto, options?: CallOptions): Promise<ApiSaveCardHolderVo> {
    return this.#caller.call('createCardholder', cardholder, options);
  }

  /** 开卡申请. [N, path and fields I] */
  applyCard(application: ApiCardApplyDto, options?: CallOptions): Promise<ApiCardApplyVo> {
    return this.#caller.call('applyCard', application, options);
  }

  /** 卡片提额: `amount` is the change, not the new limit; read the limit before. [N, path and fields I] */
  async increaseCardLimit(change: ApiCardIncreaseQuotaDto, options?: CallOptions): Promise<void> {
    await this.#caller.call('increaseCardLimit', change, options);
  }

  /** 卡片降额: `amount` is the change, not the new limit; read the limit before. [N, path and fields I] */
  async decreaseCardLimit(change: ApiCardDecreaseQuotaDto, options?: CallOptions): Promise<void> {
    await this.#caller.call('decreaseCardLimit', change, options);
  }

  /** 查询卡片详细信息, without number and CVV: they are dropped in the parser. Null when there is none. [N, path and fields I] */
  getCard(query: ApiCardInfoDto, options?: CallOptions): Promise<ApiCardApplyVo | null> {
    return this.#caller.find('getCard', query, options);
  }

  /**
   * 查询卡片详细信息 with card number and CVV, for showing them to the cardholder at once. They must not be stored,
   * logged, or returned from an activity. [N, path and fields I]
   */
  async unsafeGetCardWithSecrets(
    query: ApiCardInfoDto,
    options?: CallOptions,
  ): Promise<UnsafeCardWithSecretsVo | null> {
    return this.#caller.findAs('getCard', UnsafeCardWithSecretsVo, query, options);
  }

  /** 查询卡片手续费订单记录, one page. [N, path and fields I] */
  listCardFees(query: BasePageRequestApiCardFeeOrderDto, options?: CallOptions): Promise<PagingVcCardFeeOrderVo> {
    return this.#caller.call('listCardFees', query, options);
  }

  /** 查询卡片手续费订单记录, all pages. */
  cardFees(param: ApiCardFeeOrderDto, options?: CallOptions): AsyncGenerator<VcCardFeeOrderVo, void, undefined> {
    const page = async (pageNum: number, pageSize: number) => {
      const { list, total } = await this.listCardFees({ pageNum, pageSize, param }, options);
      return { rows: list, total };
    };
    return everyRow(page, (fee) => fee.feeOrderNo);
  }

  /** 查询卡片支付订单详情; null when there is none. [N, path and fields I] */
  getCardPayOrder(query: ApiCardPayOrderInfoDto, options?: CallOptions): Promise<VcCardPayOrderDto | null> {
    return this.#caller.find('getCardPayOrder', query, options);
  }

  /** 分页查询卡片支付订单记录, one page. [N, path and fields I] */
  listCardPayOrders(
    query: BasePageRequestApiCardPayOrderQueryDto,
    options?: CallOptions,
  ): Promise<PagingVcCardPayOrderVo> {
    return this.#caller.call('listCardPayOrders', query, options);
  }

  /** 分页查询卡片支付订单记录, all pages. */
  cardPayOrders(
    param: ApiCardPayOrderQueryDto,
    options?: CallOptions,
  ): AsyncGenerator<VcCardPayOrderVo, void, undefined> {
    const page = async (pageNum: number, pageSize: number) => {
      const { list, total } = await this.listCardPayOrders({ pageNum, pageSize, param }, options);
      return { rows: list, total };
    };
    return everyRow(page, (order) => order.payOrderNo);
  }

  /** 获取令牌: checks that the credentials work. The token itself stays inside. [A] */
  async getToken(): Promise<void> {
    await this.#caller.authenticate();
  }

  /** Checks and reads a callback; `now` is this client's clock when left out. Never throws for what came from outside. */
  verifyCallback(received: ReceivedCallback): CallbackCheck {
    return verifyCallback({ now: this.#now(), ...received }, { profile: this.profile, keys: this.#platformKeys });
  }

  /** Closes idle connections; calls in flight go on. */
  close(): void {
    this.#http.close();
  }
}

const PAGE_SIZE = 100;

/** Walks all pages. Counts the rows that came, not pages: FalPay may send smaller pages than asked for. */
async function* everyRow<Row>(
  page: (pageNum: number, pageSize: number) => Promise<{ readonly rows: readonly Row[]; readonly total: number }>,
  keyOf: (row: Row) => string,
): AsyncGenerator<Row, void, undefined> {
  const seen = new Set<string>();
  for (let pageNum = 1, received = 0; ; pageNum += 1) {
    const { rows, total } = await page(pageNum, PAGE_SIZE);
    for (const row of rows) {
      if (seen.has(keyOf(row))) continue;
      seen.add(keyOf(row));
      yield row;
    }
    received += rows.length;
    if (rows.length === 0 || received >= total) return;
  }
}

function readPlatformKeys(texts: readonly string[]): readonly KeyObject[] {
  if (texts.length > 0) return texts.map((text, index) => readPublicKey(text, `platformPublicKeys.${index}`));
  throw new InvalidInput('FalPay client', [{ path: 'platformPublicKeys', message: 'must hold at least one key' }]);
}

function requireText(fields: Readonly<Record<string, string>>): void {
  const issues = Object.entries(fields)
    .filter(([, value]) => typeof value !== 'string' || value.trim() === '')
    .map(([path]) => ({ path, message: 'must not be empty' }));
  if (issues.length > 0) throw new InvalidInput('FalPay client', issues);
}

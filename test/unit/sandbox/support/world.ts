/** A sandbox, a caller and a receiver of callbacks, together; and the customers and cards that most tests begin with. */
import { createSandbox, type SandboxOptions, type SandboxServer } from '../../../../src/sandbox/index';
import { Caller, CLIENT_ID, CLIENT_SECRET, clientPublicKey, platformPrivateKey } from './caller';
import { Receiver } from './receiver';

/** Decided at once, as soon as the answer has left. */
export const AT_ONCE = {
  merchantAuditDelay: 0,
  walletAuditDelay: 0,
  arrivalDelay: 0,
  withdrawalDelay: 0,
  issueDelay: 0,
} as const;
/** Only for what hangs: callbacks to a busy receiver, and a token for as long as a file takes. */
const PATIENCE = { callbackTimeout: 60_000, tokenLifetime: 3_600 } as const;
export const BY_HAND = {
  merchantAuditDelay: 'manual',
  walletAuditDelay: 'manual',
  arrivalDelay: 'manual',
  withdrawalDelay: 'manual',
  issueDelay: 'manual',
} as const;

export const BIN = {
  shareWithHolder: '6000000000000000001',
  share: '6000000000000000002',
  prepaid: '6000000000000000003',
  prepaidWithHolder: '6000000000000000004',
  euro: '6000000000000000005',
  disabled: '6000000000000000006',
} as const;

export interface ControlAnswer<T> {
  readonly status: number;
  readonly body: T;
}

export class TestWorld {
  readonly falpay = new Caller(() => this.sandbox.url);
  private number = 0;

  private constructor(
    public sandbox: SandboxServer,
    readonly receiver: Receiver,
    readonly callbackUrl: string,
    readonly options: SandboxOptions,
  ) {}

  static async start(options: Partial<SandboxOptions> = {}): Promise<TestWorld> {
    const receiver = new Receiver();
    const callbackUrl = await receiver.start();
    const all: SandboxOptions = {
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      clientPublicKey,
      platformPrivateKey,
      ...options,
      settings: { ...AT_ONCE, ...PATIENCE, callbackUrl, ...options.settings },
    };
    const sandbox = createSandbox(all);
    await sandbox.start();
    return new TestWorld(sandbox, receiver, callbackUrl, all);
  }

  async stop(): Promise<void> {
    await this.sandbox.stop();
    await this.receiver.stop();
  }

  /** Stops the sandbox and starts it again from the same file; settings are what the file says. */
  async restart(): Promise<void> {
    await this.sandbox.stop();
    this.sandbox = createSandbox({ ...this.options, settings: {} });
    await this.sandbox.start();
  }

  orderNo(prefix: string): string {
    this.number += 1;
    return `${prefix}-${this.number}`;
  }

  /** A command of the control plane that must succeed. */
  async control<T = Record<string, unknown>>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<T> {
    const answer = await this.tryControl<T>(method, path, body);
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async tryControl<T = { errors: { field: string; message: string }[]; detail: string }>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<ControlAnswer<T>> {
    const response = await fetch(`${this.sandbox.url}/sandbox${path}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: method === 'POST' || method === 'PUT' ? { 'content-type': 'application/json' } : {},
    });
    return { status: response.status, body: (await response.json()) as T };
  }

  /** How often a call for this order number reached the sandbox. */
  async requestsFor(orderNo: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { requests } = await this.control<{ requests: Readonly<Record<string, unknown>>[] }>(
      'GET',
      `/requests?orderNo=${orderNo}`,
    );
    return requests;
  }

  async violations(): Promise<readonly string[]> {
    return (await this.control<{ violations: string[] }>('GET', '/ledger')).violations;
  }

  merchant(merchantOrderNo = this.orderNo('M')): Readonly<Record<string, unknown>> {
    return {
      merchantOrderNo,
      merchantType: 'COMPANY',
      company: {
        nameEn: 'Harbour Trading Limited',
        country: 'HK',
        registrationNo: '2345678',
        registerDate: '2015-03-01',
        address: '1 Queen’s Road Central, Hong Kong',
        industry: 'Trade',
        businessLicenseKey: 'kyc/licence.pdf',
        legalInfo: {
          name: 'Chan Tai Man',
          nationality: 'HK',
          birthDate: '1980-05-17',
          certType: 'ID_CARD',
          certNo: 'A1234567',
          certFrontKey: 'kyc/front.jpg',
        },
        shareholders: [
          {
            name: 'Chan Tai Man',
            nationality: 'HK',
            certType: 'ID_CARD',
            certNo: 'A1234567',
            shareRatio: '100',
            certFrontKey: 'kyc/front.jpg',
          },
        ],
      },
      contactName: 'Chan Tai Man',
      contactPhone: '+852 12345678',
      contactEmail: 'ops@harbour.example',
    };
  }

  cardholder(merchantId: string, cardholderOrderNo = this.orderNo('H')): Readonly<Record<string, unknown>> {
    return {
      cardholderOrderNo,
      merchantId,
      firstName: 'Tai Man',
      lastName: 'Chan',
      birthDate: '1980-05-17',
      nationality: 'HK',
      phoneCode: '852',
      phone: '12345678',
      email: 'taiman@harbour.example',
      address: { line: '1 Queen’s Road Central', city: 'Hong Kong', postalCode: '000000', country: 'HK' },
      certType: 'PASSPORT',
      certNo: 'K01234567',
    };
  }

  async approvedMerchant(): Promise<string> {
    const merchantId = await this.falpay.data<string>('/merchant/create', this.merchant());
    await this.receiver.next('merchant-audit', ({ data }) => data['merchantId'] === merchantId);
    return merchantId;
  }

  async openWallet(currency = 'USD'): Promise<{ merchantId: string; walletId: string }> {
    const merchantId = await this.approvedMerchant();
    const { walletId = '' } = await this.falpay.data('/wallet/apply', {
      walletOrderNo: this.orderNo('W'),
      merchantId,
      currency,
    });
    await this.receiver.next('wallet-audit', ({ data }) => data['walletId'] === walletId);
    return { merchantId, walletId };
  }

  /** A wallet with money in it, brought by the bank without a fee. */
  async fundedWallet(amount = '1000.00'): Promise<{ merchantId: string; walletId: string }> {
    const wallet = await this.openWallet();
    await this.recharge(wallet.walletId, amount);
    return wallet;
  }

  async recharge(walletId: string, amount: string): Promise<string> {
    const { orderNo = '' } = await this.orderRecharge(walletId, amount);
    await this.receiver.next(
      'wallet-recharge',
      ({ data }) => data['orderNo'] === orderNo && data['status'] === 'SUCCESS',
    );
    return orderNo;
  }

  orderRecharge(
    walletId: string,
    amount: string,
    methodCode = 'BANK_TRANSFER',
    rechargeOrderNo = this.orderNo('R'),
  ): Promise<Record<string, string>> {
    return this.falpay.data('/wallet/recharge/create', {
      rechargeOrderNo,
      walletId,
      amount,
      currency: 'USD',
      methodCode,
    });
  }

  async activeCard(walletId: string, binId: string = BIN.share, cardLimit = '200.00'): Promise<Record<string, string>> {
    const applied = await this.falpay.data('/card/apply', {
      cardOrderNo: this.orderNo('C'),
      walletId,
      binId,
      cardLimit,
      currency: 'USD',
    });
    await this.receiver.next(
      'card-status',
      ({ data }) => data['cardId'] === applied['cardId'] && data['status'] === 'ACTIVE',
    );
    return applied;
  }

  wallet(walletId: string): Promise<Record<string, string>> {
    return this.falpay.data('/wallet/info', { walletId });
  }

  card(cardId: string): Promise<Record<string, string>> {
    return this.falpay.data('/card/info', { cardId });
  }

  async flows(
    walletId: string,
    filter: Readonly<Record<string, unknown>> = {},
  ): Promise<readonly Record<string, string>[]> {
    const { items } = await this.falpay.data<{ items: Record<string, string>[] }>('/wallet/flow', {
      walletId,
      pageNum: 1,
      pageSize: 100,
      ...filter,
    });
    return items;
  }
}

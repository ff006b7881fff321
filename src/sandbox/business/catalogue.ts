/** What this FalPay offers: BINs and ways to pay in. Fixed, so that every run of the sandbox is alike. */
import type { ApiCardBinVo, RechargeMethodVo } from '../../falpay/contract';

/** With and without cardholder, shared and prepaid, both schemes, one that is switched off. */
export const BINS: readonly ApiCardBinVo[] = [
  {
    binId: '6000000000000000001',
    cardBin: '49387520',
    scheme: 'VISA',
    currency: 'USD',
    country: 'US',
    cardMode: 'SHARE',
    needCardholder: true,
    openFee: '1.00',
    monthlyFee: '0.50',
    enabled: true,
  },
  {
    binId: '6000000000000000002',
    cardBin: '55667700',
    scheme: 'MASTERCARD',
    currency: 'USD',
    country: 'HK',
    cardMode: 'SHARE',
    needCardholder: false,
    openFee: '0.80',
    monthlyFee: '0.00',
    enabled: true,
  },
  {
    binId: '6000000000000000003',
    cardBin: '44850012',
    scheme: 'VISA',
    currency: 'USD',
    country: 'HK',
    cardMode: 'PREPAID',
    needCardholder: false,
    openFee: '2.00',
    monthlyFee: '1.00',
    enabled: true,
  },
  {
    binId: '6000000000000000004',
    cardBin: '52345678',
    scheme: 'MASTERCARD',
    currency: 'USD',
    country: 'GB',
    cardMode: 'PREPAID',
    needCardholder: true,
    openFee: '1.50',
    monthlyFee: '0.00',
    enabled: true,
  },
  {
    binId: '6000000000000000005',
    cardBin: '48765432',
    scheme: 'VISA',
    currency: 'EUR',
    country: 'LT',
    cardMode: 'SHARE',
    needCardholder: true,
    openFee: '1.20',
    monthlyFee: '0.00',
    enabled: true,
  },
  {
    binId: '6000000000000000006',
    cardBin: '53111122',
    scheme: 'MASTERCARD',
    currency: 'USD',
    country: 'US',
    cardMode: 'SHARE',
    needCardholder: false,
    openFee: '0.00',
    monthlyFee: '0.00',
    enabled: false,
  },
];

export const WALLET_CURRENCIES: readonly string[] = ['USD', 'EUR', 'HKD'];

/** How long a payer has for a recharge. */
export const RECHARGE_EXPIRES_AFTER_MS = 7 * 24 * 3_600_000;

/** On top of the amount that the payee gets. */
export const WITHDRAWAL_FEE = '1.00';

/** The ways to pay into a wallet. Each wallet has its own account number, so that money finds it. */
export function rechargeMethods(walletId: string, currency: string): readonly RechargeMethodVo[] {
  const bank: RechargeMethodVo = {
    methodCode: 'BANK_TRANSFER',
    methodName: '银行转账',
    currency,
    minAmount: '10.00',
    feeRate: '0',
    feeFixed: '0.00',
    payee: {
      accountName: 'FALPAY SANDBOX LIMITED',
      accountNo: `88${walletId.slice(-10)}`,
      bankName: 'Sandbox Bank (Hong Kong)',
      swiftCode: 'SBOXHKHH',
      bankAddress: '1 Sandbox Road, Hong Kong',
      memo: walletId,
    },
  };
  if (currency !== 'USD') return [bank];
  const address = `T${walletId.slice(-10)}SandboxAddress0000000`;
  return [
    bank,
    {
      methodCode: 'CRYPTO',
      methodName: 'USDT',
      currency,
      minAmount: '20.00',
      feeRate: '0.01',
      feeFixed: '0.50',
      payee: { accountName: 'FALPAY SANDBOX LIMITED', accountNo: address, network: 'TRC20', address },
    },
  ];
}

import type { OnboardingBody } from '../messages/onboarding';

/** What the demonstration needs to know of a 卡BIN. */
export interface DemoBin {
  readonly binId: string;
  readonly currency: string;
  readonly needCardholder: boolean;
  readonly enabled: boolean;
}

/**
 * A company with one wallet and two cards: one card of a BIN that wants a cardholder, one of a BIN that wants none, so that
 * every step of the onboarding is seen. Persons and papers are invented.
 *
 * @throws Error the BINs at hand offer no such pair
 */
export function demoOnboarding(bins: readonly DemoBin[]): OnboardingBody {
  const currency = 'USD';
  const pick = (needCardholder: boolean): DemoBin => {
    const bin = bins.find((one) => one.enabled && one.currency === currency && one.needCardholder === needCardholder);
    if (bin === undefined)
      throw new Error(`no enabled ${currency} BIN ${needCardholder ? 'with' : 'without'} cardholder is on offer`);
    return bin;
  };
  return {
    merchant: {
      merchantType: 'COMPANY',
      company: company(),
      contactName: 'Chan Siu Ming',
      contactPhone: '+85291234567',
      contactEmail: 'finance@example.com',
    },
    wallet: { currency, walletName: 'Advertising' },
    recharge: { amount: '500.00', currency, methodCode: 'BANK_TRANSFER' },
    cards: [
      { binId: pick(true).binId, cardLimit: '200.00', currency, cardName: 'Search ads', cardholder: cardholder() },
      { binId: pick(false).binId, cardLimit: '150.00', currency, cardName: 'Social ads' },
    ],
  };
}

function company(): OnboardingBody['merchant']['company'] {
  return {
    nameCn: '示例贸易有限公司',
    nameEn: 'Example Trading Limited',
    country: 'HK',
    registrationNo: '68123456',
    registerDate: '2019-05-20',
    address: 'Unit 1201, 12/F, 88 Queen’s Road Central, Hong Kong',
    website: 'https://example.com',
    industry: 'E-commerce',
    businessLicenseKey: 'kyc/demo/business-licence.pdf',
    legalInfo: {
      name: 'Chan Siu Ming',
      nationality: 'CN',
      birthDate: '1985-03-14',
      certType: 'PASSPORT',
      certNo: 'K01234567',
      certExpiry: '2031-08-31',
      certFrontKey: 'kyc/demo/director-passport.jpg',
    },
    shareholders: [
      {
        name: 'Chan Siu Ming',
        nationality: 'CN',
        certType: 'PASSPORT',
        certNo: 'K01234567',
        shareRatio: '100.00',
        certFrontKey: 'kyc/demo/director-passport.jpg',
      },
    ],
  };
}

function cardholder(): NonNullable<OnboardingBody['cards'][number]['cardholder']> {
  return {
    firstName: 'Mei',
    lastName: 'Wong',
    birthDate: '1992-11-02',
    nationality: 'CN',
    phoneCode: '852',
    phone: '61234567',
    email: 'mei.wong@example.com',
    address: { line: 'Flat 5B, 10 Bonham Road', city: 'Hong Kong', postalCode: '999077', country: 'HK' },
    certType: 'PASSPORT',
    certNo: 'K07654321',
    certFrontKey: 'kyc/demo/cardholder-passport.jpg',
  };
}

/** Bodies that the API's description shows, and its page fills in. Everybody in them is invented; a test checks that each is valid. */
import type { StartBody, StartedKind } from '../messages';

const WALLET_ID = '3414942012000000002';

export const START_EXAMPLES: { readonly [Kind in StartedKind]: StartBody<Kind> } = {
  onboarding: {
    merchant: {
      merchantType: 'PERSON',
      person: {
        name: 'Chan Siu Ming',
        nationality: 'HK',
        birthDate: '1985-03-14',
        certType: 'PASSPORT',
        certNo: 'K01234567',
        address: 'Unit 1201, 88 Sample Road, Hong Kong',
        certFrontKey: 'kyc/demo/passport.jpg',
      },
      contactName: 'Chan Siu Ming',
      contactPhone: '+85291234567',
      contactEmail: 'finance@example.com',
    },
    wallet: { currency: 'USD', walletName: 'Advertising' },
    recharge: { amount: '500.00', currency: 'USD', methodCode: 'BANK_TRANSFER' },
    cards: [{ binId: '6000000000000000002', cardLimit: '150.00', currency: 'USD', cardName: 'Social ads' }],
  },
  'wallet-opening': { merchantId: '3414942012000000001', currency: 'USD', walletName: 'Second wallet' },
  'wallet-recharge': { walletId: WALLET_ID, amount: '100.00', currency: 'USD', methodCode: 'BANK_TRANSFER' },
  'wallet-withdrawal': {
    walletId: WALLET_ID,
    amount: '50.00',
    currency: 'USD',
    payee: { accountName: 'Example Trading Limited', accountNo: '012-345-678901', swiftCode: 'HSBCHKHH' },
  },
  'wallet-status-change': { walletId: WALLET_ID, status: 'FROZEN', reason: 'asked for by the customer' },
  'card-issuance': {
    walletId: WALLET_ID,
    cards: [{ binId: '6000000000000000002', cardLimit: '150.00', currency: 'USD', cardName: 'Social ads' }],
  },
};

import { applyPatch, patchFault } from '../../../src/messages/patch';

const body = { merchant: { contactName: 'A', website: 'x' }, cards: [{ cardLimit: '1.00' }, { cardLimit: '2.00' }] };

test('a patch reaches one card by its index and leaves the rest as it is', () => {
  expect(applyPatch(body, { cards: { '1': { cardLimit: '5.00' } } })).toEqual({
    ...body,
    cards: [{ cardLimit: '1.00' }, { cardLimit: '5.00' }],
  });
  expect(body.cards[1]?.cardLimit).toBe('2.00');
});

test('null takes a field away', () => {
  expect(applyPatch(body, { merchant: { website: null } }).merchant).toEqual({ contactName: 'A' });
});

test.each([
  [{ merchant: { contactName: 'B' } }, ['merchant'], undefined],
  [{ cards: { '1': { cardLimit: '5.00' } } }, ['cards.1'], undefined],
  [
    { cards: { '0': { cardLimit: '5.00' } } },
    ['cards.1'],
    'patch.cards.0.cardLimit: may not be changed here; allowed: cards.1',
  ],
  [
    { merchant: { contactName: 'B' }, wallet: { currency: 'EUR' } },
    ['merchant'],
    'patch.wallet.currency: may not be changed here; allowed: merchant',
  ],
  [{ cards: { '7': { cardLimit: '5.00' } } }, ['cards'], 'patch.cards.7.cardLimit: the body has no item 7 there'],
  [
    { cards: { '1': { cardLimit: 5 } } },
    ['cards'],
    'patch.cards.1.cardLimit: amounts and numbers are written as strings',
  ],
  [{}, ['merchant'], 'patch: names no field'],
  ['merchant', ['merchant'], 'patch: an object relative to the start body is needed'],
  [[{ merchant: 'x' }], ['merchant'], 'patch: an object relative to the start body is needed'],
])('%j with %j allowed: %s', (patch, allowed, fault) => {
  expect(patchFault(body, patch, allowed)).toBe(fault);
});

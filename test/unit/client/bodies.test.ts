import { InvalidInputError } from '../../../src/client';
import { parseStartBody } from '../../../src/client/bodies';
import { companyBody } from '../gateway/parts';

function issuesOf(body: unknown) {
  try {
    parseStartBody('onboarding', body);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return error.issues;
  }
}

const paths = (body: unknown) => issuesOf(body).map(({ path }) => path);

test('a body that is right comes back as it went in', () => {
  expect(parseStartBody('onboarding', companyBody())).toEqual(companyBody());
});

test('a person needs person, a company company, and neither the other', () => {
  const { merchant, ...rest } = companyBody();
  expect(paths({ ...rest, merchant: { ...merchant, merchantType: 'PERSON' } })).toEqual([
    'merchant.person',
    'merchant.company',
  ]);
});

test('our order number is not for the backend to choose field by field', () => {
  const { merchant, ...rest } = companyBody();
  expect(paths({ ...rest, merchant: { ...merchant, merchantOrderNo: 'X' } })).toEqual(['merchant.merchantOrderNo']);
});

test.each([
  [{ minCredited: '100.01' }, ['recharge.minCredited']],
  [{ minCredited: '100.00' }, []],
  [{ minCredited: '99.999' }, ['recharge.minCredited']],
  [{ minCredited: 99 }, ['recharge.minCredited']],
  [{ currency: 'EUR' }, ['recharge.currency']],
  [{ currency: 'usd' }, ['recharge.currency']],
  [{ amount: '100.001' }, ['recharge.amount']],
])('a recharge with %j is at fault in %j', (change, expected) => {
  const { recharge, ...rest } = companyBody();
  expect(paths({ ...rest, recharge: { ...recharge, ...change } })).toEqual(expected);
});

test('a currency without decimals takes none', () => {
  const body = companyBody();
  const yen = { ...body, wallet: { currency: 'JPY' }, recharge: { amount: '1000.5', currency: 'JPY' } };
  expect(paths(yen)).toEqual(['recharge.amount']);
});

test.each([[[]], [Array.from({ length: 101 }, () => companyBody().cards[0])]])(
  '%# there is at least one card and at most 100',
  (cards) => {
    expect(paths({ ...companyBody(), cards })).toEqual(['cards']);
  },
);

test('what is missing is told as missing, also where the rule has words of its own', () => {
  const { merchant, ...rest } = companyBody();
  const issues = issuesOf({ ...rest, merchant: { ...merchant, contactEmail: undefined } });
  expect(issues).toEqual([{ path: 'merchant.contactEmail', message: 'is required' }]);
});

test('no message repeats a value: it may be somebody’s passport number', () => {
  const body = JSON.parse(JSON.stringify(companyBody()).replaceAll('E12345678', 'E 1234\\u00005678'));
  const { message } = (() => {
    try {
      parseStartBody('onboarding', body);
      throw new Error('accepted');
    } catch (error) {
      return error as Error;
    }
  })();
  expect(message).toMatch(/certNo/);
  expect(message).not.toMatch(/1234/);
});

import { z } from 'zod';
import * as contract from '../../../src/falpay/contract';
import { CARDHOLDER, RECHARGE } from './fake-server';

const legalInfo = {
  name: '张三',
  nationality: 'CN',
  birthDate: '1980-02-29',
  certType: 'ID_CARD' as const,
  certNo: '110101198002290011',
  certFrontKey: 'kyc/front.jpg',
};
const shareholder = {
  name: '李四',
  nationality: 'CN',
  certType: 'PASSPORT',
  certNo: 'E1',
  shareRatio: '60.5',
  certFrontKey: 'kyc/a.jpg',
};
const company = {
  nameEn: 'Acme Ltd',
  country: 'HK',
  registrationNo: '123',
  registerDate: '2020-01-01',
  address: '1 Queen’s Road',
  industry: 'software',
  businessLicenseKey: 'kyc/licence.pdf',
  legalInfo,
  shareholders: [shareholder],
};
const merchant = {
  merchantOrderNo: 'M-1001',
  merchantType: 'COMPANY',
  company,
  contactName: 'Wang',
  contactPhone: '+852 2345 6789',
  contactEmail: 'ops@acme.example',
};
const person = { ...legalInfo, address: '上海市' };

const problems = (model: z.ZodType, value: unknown): readonly string[] =>
  (model.safeParse(value).error?.issues ?? []).map((issue) => issue.path.join('.'));

test('sound requests pass', () => {
  expect(problems(contract.MerchantCreateDto, merchant)).toEqual([]);
  expect(
    problems(contract.MerchantCreateDto, { ...merchant, merchantType: 'PERSON', company: undefined, person }),
  ).toEqual([]);
  expect(problems(contract.ApiSaveCardHolderDto, CARDHOLDER)).toEqual([]);
  expect(problems(contract.ApiWalletRechargeOrderDto, RECHARGE)).toEqual([]);
  expect(
    problems(contract.MerchantUpdateDto, { merchantId: '1', company: { address: 'new', legalInfo: { name: '王五' } } }),
  ).toEqual([]);
});

test.each<readonly [string, object, string]>([
  ['no merchantOrderNo', { merchantOrderNo: undefined }, 'merchantOrderNo'],
  ['a 70-character order number', { merchantOrderNo: 'x'.repeat(70) }, 'merchantOrderNo'],
  ['an order number with a space', { merchantOrderNo: 'a b' }, 'merchantOrderNo'],
  ['an order number with a line end', { merchantOrderNo: 'a\n' }, 'merchantOrderNo'],
  ['a company without company', { company: undefined }, 'company'],
  ['a company that is a person too', { person }, 'person'],
  ['another type', { merchantType: 'TRUST' }, 'merchantType'],
  ['a country by its old name', { company: { ...company, country: 'UK' } }, 'company.country'],
  ['a date that does not exist', { company: { ...company, registerDate: '2023-02-29' } }, 'company.registerDate'],
  ['a date of the future', { company: { ...company, registerDate: '2999-01-01' } }, 'company.registerDate'],
  ['no shareholder', { company: { ...company, shareholders: [] } }, 'company.shareholders'],
  [
    'more than 100 percent',
    { company: { ...company, shareholders: [shareholder, shareholder] } },
    'company.shareholders',
  ],
  [
    'a share of nothing',
    { company: { ...company, shareholders: [{ ...shareholder, shareRatio: '0' }] } },
    'company.shareholders.0.shareRatio',
  ],
  [
    'a share as number',
    { company: { ...company, shareholders: [{ ...shareholder, shareRatio: 60 }] } },
    'company.shareholders.0.shareRatio',
  ],
  ['a blank name', { company: { ...company, legalInfo: { ...legalInfo, name: '  ' } } }, 'company.legalInfo.name'],
  ['a control character', { contactName: 'a\u0007b' }, 'contactName'],
  ['no e-mail', { contactEmail: 'acme.example' }, 'contactEmail'],
  ['letters for a telephone', { contactPhone: 'call me' }, 'contactPhone'],
  ['a script for an address', { callbackUrl: 'javascript:alert(1)' }, 'callbackUrl'],
])('a merchant with %s is refused at that field', (_, change, path) => {
  expect(problems(contract.MerchantCreateDto, { ...merchant, ...change })).toEqual([path]);
});

test.each([
  '1e3',
  '-5',
  '0',
  '0.00',
  '0.001',
  ' 1',
  '1 000',
  '1,5',
  '+1',
  '01',
  '.5',
  '5.',
  '',
  'NaN',
  100,
  null,
  undefined,
  10n,
])('an amount of %p USD is refused', (amount) => {
  expect(problems(contract.ApiWalletRechargeOrderDto, { ...RECHARGE, amount })).toEqual(['amount']);
});

test.each([
  ['0.01', 'USD', true],
  ['100', 'JPY', true],
  ['100.5', 'JPY', false],
  ['1.234', 'KWD', true],
  ['1.2345', 'KWD', false],
  ['9999999999999999.99', 'USD', true],
])('%s %s is a fit amount: %p', (amount, currency, fits) => {
  expect(problems(contract.ApiWalletRechargeOrderDto, { ...RECHARGE, amount, currency })).toEqual(
    fits ? [] : ['amount'],
  );
});

test('a request with a field that FalPay does not know is refused: it could be a misspelt one', () => {
  expect(contract.ApiCardApplyDto.safeParse({ ...RECHARGE }).success).toBe(false);
  expect(contract.ApiWalletRechargeOrderDto.safeParse({ ...RECHARGE, remarks: 'x' }).success).toBe(false);
});

test('queries by time must be ordered and within 90 days', () => {
  const query = (startTime: string, endTime: string) => problems(contract.ApiCardFeeOrderDto, { startTime, endTime });
  expect(query('2026-01-01 00:00:00', '2026-04-01 00:00:00')).toEqual([]);
  expect(query('2026-01-01 00:00:00', '2026-04-01 00:00:01')).toEqual(['endTime']);
  expect(query('2026-01-02 00:00:00', '2026-01-01 00:00:00')).toEqual(['endTime']);
  expect(query('2026-02-30 00:00:00', '2026-03-01 24:00:00')).toEqual(['startTime', 'endTime']);
});

test('queries by key need a key', () => {
  for (const model of [contract.MerchantDetailDto, contract.OpenWalletInfoQueryDto, contract.ApiCardInfoDto])
    expect(model.safeParse({}).success).toBe(false);
});

describe('every model and field', () => {
  const models = Object.entries(contract as Readonly<Record<string, unknown>>).flatMap(([name, value]) =>
    value instanceof z.ZodType && value.meta()?.id !== undefined ? [[name, value] as const] : [],
  );

  test('has a Chinese description and a provenance mark', () => {
    const bare: string[] = [];
    const visit = (path: string, schema: z.ZodType): void => {
      const inner = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
      const { description = '', provenance } = schema.meta() ?? inner.meta() ?? {};
      if (!/\p{Script=Han}/u.test(description) || !['A', 'N', 'I'].includes(String(provenance))) bare.push(path);
      if (!(inner instanceof z.ZodObject)) return;
      for (const [key, field] of Object.entries(inner.shape as Record<string, z.ZodType>)) {
        if (key === 'data' && path.startsWith('RestResult')) continue;
        visit(`${path}.${key}`, field);
      }
    };
    for (const [name, model] of models) visit(name, model);
    expect(bare).toEqual([]);
  });

  test('keeps FalPay’s name, and all 57 names of its page are there', () => {
    for (const [name, model] of models) expect(model.meta()?.id).toBe(name);
    const page =
      'RestResultSerializable RestResultVoid WalletApplyOpenApiVo ApiWalletRechargeOrderVo RestResultString ApiSaveCardHolderVo ' +
      'VcCardFeeOrderVo VcCardPayOrderVo VcCardPayOrderDto ApiCardApplyVo ApiCardBinVo RechargeMethodVo MerchantCompanyDto ' +
      'WalletStatusUpdateDto RestResultWalletApplyOpenApiVo RestResultApiWalletRechargeOrderVo ApiWalletWithdrawOrderDto ' +
      'RestResultApiSaveCardHolderVo PagingVcCardFeeOrderVo PagingVcCardPayOrderVo RestResultVcCardPayOrderDto ' +
      'RestResultApiCardApplyVo ApiCardIncreaseQuotaDto ApiCardDecreaseQuotaDto RestResultListApiCardBinVo PayeeAccountVo ' +
      'MerchantCompanyShareholderInfoDto OpenWalletInfoVo ApiSaveWalletApplyDto ApiWalletRechargeOrderDto ApiSaveCardHolderDto ' +
      'RestResultPagingVcCardFeeOrderVo RestResultPagingVcCardPayOrderVo ApiCardPayOrderInfoDto ApiCardApplyDto ApiCardInfoDto ' +
      'WalletRechargeInfoVo MerchantLegalInfoDto RestResultOpenWalletInfoVo ApiCardFeeOrderDto ApiCardPayOrderQueryDto ' +
      'RestResultWalletRechargeInfoVo MerchantPersonDto OpenWalletInfoQueryDto BasePageRequestApiCardFeeOrderDto ' +
      'BasePageRequestApiCardPayOrderQueryDto WalletRechargeInfoRequest MerchantUpdateDto PageInfo MerchantDetailVo FlowItem ' +
      'RestResultMerchantDetailVo OpenWalletFlowVo MerchantDetailDto RestResultOpenWalletFlowVo MerchantCreateDto ' +
      'OpenWalletFlowQueryDto';
    const names = new Set(models.map(([name]) => name));
    expect(page.split(' ')).toHaveLength(57);
    expect(page.split(' ').filter((name) => !names.has(name))).toEqual([]);
  });

  test('can be written as JSON Schema', () => {
    for (const [, model] of models) expect(() => z.toJSONSchema(model)).not.toThrow();
  });
});

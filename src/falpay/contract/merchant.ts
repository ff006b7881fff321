import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { assumed, named, model, partOf } from './provenance';
import {
  checkOneOf,
  closedList,
  country,
  date,
  email,
  falpayId,
  fileKey,
  httpsUrl,
  openList,
  orderNo,
  pastDate,
  percentage,
  phone,
  text,
  wireId,
  wireOrderNo,
  wireText,
  wireTime,
} from './scalars';

/** 证件类型 [I] */
export const certType = closedList('certType');
/** 商户类型 [I] */
export const merchantType = closedList('merchantType');
/** 审核状态 [I] */
export const auditStatus = openList('auditStatus');

export const MerchantLegalInfoDto = z
  .strictObject({
    name: text(128).meta(assumed('法人姓名')),
    nationality: country.meta(assumed('国籍，ISO 3166-1 alpha-2')),
    birthDate: pastDate.meta(assumed('出生日期，yyyy-MM-dd')),
    certType: certType.meta(assumed('证件类型')),
    certNo: text(64).meta(assumed('证件号码')),
    certExpiry: date.optional().meta(assumed('证件有效期，yyyy-MM-dd')),
    certFrontKey: fileKey.meta(assumed('证件正面文件 key')),
    certBackKey: fileKey.optional().meta(assumed('证件背面文件 key')),
  })
  .meta(model('MerchantLegalInfoDto', named('企业法人信息')));
export type MerchantLegalInfoDto = z.infer<typeof MerchantLegalInfoDto>;

export const MerchantCompanyShareholderInfoDto = z
  .strictObject({
    name: text(128).meta(assumed('股东姓名或名称')),
    nationality: country.meta(assumed('国籍或注册地，ISO 3166-1 alpha-2')),
    certType: certType.meta(assumed('证件类型')),
    certNo: text(64).meta(assumed('证件号码')),
    shareRatio: percentage.meta(assumed('持股比例，百分数，十进制字符串')),
    certFrontKey: fileKey.meta(assumed('证件正面文件 key')),
    certBackKey: fileKey.optional().meta(assumed('证件背面文件 key')),
  })
  .meta(model('MerchantCompanyShareholderInfoDto', named('企业股东信息')));
export type MerchantCompanyShareholderInfoDto = z.infer<typeof MerchantCompanyShareholderInfoDto>;

const shareholders = z
  .array(MerchantCompanyShareholderInfoDto)
  .min(1, 'must name at least one shareholder')
  .max(100)
  .refine((all) => shareSum(all).lte(100), {
    error: 'the shareRatio of all shareholders must not exceed 100 together',
  });

function shareSum(all: readonly MerchantCompanyShareholderInfoDto[]): Decimal {
  return all.reduce(
    (sum, one) => (percentage.safeParse(one.shareRatio).success ? sum.plus(one.shareRatio) : sum),
    new Decimal(0),
  );
}

export const MerchantCompanyDto = z
  .strictObject({
    nameCn: text(128).optional().meta(assumed('企业中文名称')),
    nameEn: text(256).meta(assumed('企业英文名称')),
    country: country.meta(assumed('注册国家或地区，ISO 3166-1 alpha-2')),
    registrationNo: text(64).meta(assumed('注册号')),
    registerDate: pastDate.meta(assumed('注册日期，yyyy-MM-dd')),
    address: text(256).meta(assumed('注册地址')),
    website: httpsUrl.optional().meta(assumed('企业网站')),
    industry: text(64).meta(assumed('所属行业')),
    businessLicenseKey: fileKey.meta(assumed('营业执照文件 key')),
    legalInfo: MerchantLegalInfoDto.meta(assumed('法人信息')),
    shareholders: shareholders.meta(assumed('股东信息')),
  })
  .meta(model('MerchantCompanyDto', named('企业商户信息')));
export type MerchantCompanyDto = z.infer<typeof MerchantCompanyDto>;

export const MerchantPersonDto = z
  .strictObject({
    name: text(128).meta(assumed('姓名')),
    nationality: country.meta(assumed('国籍，ISO 3166-1 alpha-2')),
    birthDate: pastDate.meta(assumed('出生日期，yyyy-MM-dd')),
    certType: certType.meta(assumed('证件类型')),
    certNo: text(64).meta(assumed('证件号码')),
    address: text(256).meta(assumed('住址')),
    certFrontKey: fileKey.meta(assumed('证件正面文件 key')),
    certBackKey: fileKey.optional().meta(assumed('证件背面文件 key')),
    holdingCertKey: fileKey.optional().meta(assumed('手持证件照文件 key')),
  })
  .meta(model('MerchantPersonDto', named('个人商户信息')));
export type MerchantPersonDto = z.infer<typeof MerchantPersonDto>;

/**
 * The fields of 创建商户 before its cross-field rule, for whoever needs a part of them (zod refuses to take a refined
 * model apart); add `checkMerchantParty` to what you make of them.
 */
export const merchantCreateFields = {
  merchantOrderNo: orderNo.meta(assumed('商户单号，由我方生成')),
  merchantType: merchantType.meta(assumed('商户类型：COMPANY 企业，PERSON 个人')),
  company: MerchantCompanyDto.optional().meta(assumed('企业信息，企业商户必填')),
  person: MerchantPersonDto.optional().meta(assumed('个人信息，个人商户必填')),
  contactName: text(64).meta(assumed('联系人姓名')),
  contactPhone: phone.meta(assumed('联系人电话')),
  contactEmail: email.meta(assumed('联系人邮箱')),
  callbackUrl: httpsUrl.optional().meta(assumed('异步回调地址')),
};

/** A company brings `company` and nothing personal, a person `person` and no company. */
export function checkMerchantParty(
  merchant: { readonly merchantType: 'COMPANY' | 'PERSON'; readonly company?: unknown; readonly person?: unknown },
  context: z.core.$RefinementCtx,
): void {
  const [wanted, other] =
    merchant.merchantType === 'COMPANY' ? (['company', 'person'] as const) : (['person', 'company'] as const);
  const because = `when merchantType is ${merchant.merchantType}`;
  if (merchant[wanted] === undefined)
    context.addIssue({ code: 'custom', path: [wanted], message: `must be given ${because}` });
  if (merchant[other] !== undefined)
    context.addIssue({ code: 'custom', path: [other], message: `must be left out ${because}` });
}

export const MerchantCreateDto = z
  .strictObject(merchantCreateFields)
  .superRefine(checkMerchantParty)
  .meta(model('MerchantCreateDto', named('创建商户请求')));
export type MerchantCreateDto = z.infer<typeof MerchantCreateDto>;

// A part of a model has its names on the wire, which zod's `partial` forgets.
const partialLegalInfo = MerchantLegalInfoDto.partial().meta(partOf('MerchantLegalInfoDto', named('企业法人信息')));
const partialCompany = MerchantCompanyDto.partial()
  .extend({ legalInfo: partialLegalInfo.optional().meta(assumed('法人信息')) })
  .meta(partOf('MerchantCompanyDto', named('企业商户信息')));
const partialPerson = MerchantPersonDto.partial().meta(partOf('MerchantPersonDto', named('个人商户信息')));

export const MerchantUpdateDto = z
  .strictObject({
    merchantId: falpayId.meta(assumed('商户号')),
    company: partialCompany.optional().meta(assumed('要更正的企业信息')),
    person: partialPerson.optional().meta(assumed('要更正的个人信息')),
    contactName: merchantCreateFields.contactName.optional().meta(assumed('联系人姓名')),
    contactPhone: merchantCreateFields.contactPhone.optional().meta(assumed('联系人电话')),
    contactEmail: merchantCreateFields.contactEmail.optional().meta(assumed('联系人邮箱')),
    callbackUrl: httpsUrl.optional().meta(assumed('异步回调地址')),
  })
  .meta(model('MerchantUpdateDto', named('更新商户请求，只带要更正的部分')));
export type MerchantUpdateDto = z.infer<typeof MerchantUpdateDto>;

export const MerchantDetailDto = z
  .strictObject({
    merchantId: falpayId.optional().meta(assumed('商户号，与商户单号二选一')),
    merchantOrderNo: orderNo.optional().meta(assumed('商户单号，与商户号二选一')),
  })
  .superRefine(checkOneOf('merchantId', 'merchantOrderNo'))
  .meta(model('MerchantDetailDto', named('商户详情请求')));
export type MerchantDetailDto = z.infer<typeof MerchantDetailDto>;

export const MerchantDetailVo = z
  .object({
    merchantId: wireId.meta(assumed('商户号')),
    merchantOrderNo: wireOrderNo.meta(assumed('商户单号')),
    merchantType: openList('merchantType').meta(assumed('商户类型')),
    auditStatus: auditStatus.meta(assumed('审核状态')),
    rejectReason: wireText.optional().meta(assumed('驳回原因')),
    auditTime: wireTime.optional().meta(assumed('审核时间')),
    createTime: wireTime.meta(assumed('创建时间')),
    updateTime: wireTime.meta(assumed('更新时间')),
  })
  .meta(model('MerchantDetailVo', named('商户详情')));
export type MerchantDetailVo = z.infer<typeof MerchantDetailVo>;

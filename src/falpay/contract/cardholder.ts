import { z } from 'zod';
import { certType } from './merchant';
import { assumed, named, model, partOf } from './provenance';
import {
  country,
  email,
  falpayId,
  fileKey,
  openList,
  orderNo,
  pastDate,
  phoneCode,
  text,
  wireId,
  wireOrderNo,
  wireText,
} from './scalars';

const CardholderAddress = z
  .strictObject({
    line: text(256).meta(assumed('街道地址')),
    city: text(64).meta(assumed('城市')),
    state: text(64).optional().meta(assumed('州或省')),
    postalCode: text(16).meta(assumed('邮政编码')),
    country: country.meta(assumed('国家或地区，ISO 3166-1 alpha-2')),
  })
  .meta(partOf('CardholderAddress', assumed('地址')));

export const ApiSaveCardHolderDto = z
  .strictObject({
    cardholderOrderNo: orderNo.meta(assumed('持卡人单号，由我方生成')),
    merchantId: falpayId.meta(assumed('商户号')),
    firstName: text(64).meta(assumed('名')),
    lastName: text(64).meta(assumed('姓')),
    birthDate: pastDate.meta(assumed('出生日期，yyyy-MM-dd')),
    nationality: country.meta(assumed('国籍，ISO 3166-1 alpha-2')),
    phoneCode: phoneCode.meta(assumed('国际区号，不带 +')),
    phone: z
      .string()
      .regex(/^\d{4,15}$/, 'must be 4 to 15 digits')
      .meta(assumed('电话号码')),
    email: email.meta(assumed('邮箱')),
    address: CardholderAddress.meta(assumed('地址')),
    certType: certType.meta(assumed('证件类型')),
    certNo: text(64).meta(assumed('证件号码')),
    certFrontKey: fileKey.optional().meta(assumed('证件正面文件 key')),
    certBackKey: fileKey.optional().meta(assumed('证件背面文件 key')),
  })
  .meta(model('ApiSaveCardHolderDto', named('创建持卡人请求')));
export type ApiSaveCardHolderDto = z.infer<typeof ApiSaveCardHolderDto>;

export const ApiSaveCardHolderVo = z
  .object({
    cardholderId: wireId.meta(assumed('持卡人号')),
    cardholderOrderNo: wireOrderNo.meta(assumed('持卡人单号')),
    status: openList('cardholderStatus').meta(assumed('状态')),
    reason: wireText.optional().meta(assumed('驳回原因')),
  })
  .meta(model('ApiSaveCardHolderVo', named('持卡人')));
export type ApiSaveCardHolderVo = z.infer<typeof ApiSaveCardHolderVo>;

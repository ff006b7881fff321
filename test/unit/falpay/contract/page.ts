/** The names on FalPay's page, in its order: the navigation and the list of data models. Names only; the page itself is not ours. */

export const documents = ['对接指引', '异步回调', 'AWS S3 文件上传'];

export const navigation: Readonly<Record<string, readonly string[]>> = {
  认证: ['获取令牌'],
  商户: ['创建商户', '更新商户', '商户详情'],
  卡钱包: [
    '开通卡钱包',
    '创建充值订单',
    '创建提现订单',
    '修改卡钱包状态',
    '查询卡钱包信息',
    '查询卡钱包流水',
    '获取可用的卡BIN码列表',
    '获取充值方式/收款账号',
  ],
  卡片: [
    '开卡申请',
    '卡片提额',
    '卡片降额',
    '查询卡片详细信息',
    '查询卡片手续费订单记录',
    '查询卡片支付订单详情',
    '分页查询卡片支付订单记录',
  ],
  持卡人: ['创建持卡人'],
};

export const signatureTools = ['生成秘钥对', '1.客户端签名', '2.服务端验签', '3.服务端签名', '4.客户端验签'];

export const callbacks: Readonly<Record<string, readonly string[]>> = {
  卡片: ['卡片授权订单相关', '卡片撤销、冻结,解冻'],
  卡钱包: ['卡钱包审核回调', '卡钱包充值回调', '卡钱包提现回调'],
  商户: ['商户账户审核回调'],
};

export const models = [
  ...[
    'RestResultSerializable',
    'RestResultVoid',
    'WalletApplyOpenApiVo',
    'ApiWalletRechargeOrderVo',
    'RestResultString',
  ],
  ...['ApiSaveCardHolderVo', 'VcCardFeeOrderVo', 'VcCardPayOrderVo', 'VcCardPayOrderDto', 'ApiCardApplyVo'],
  ...['ApiCardBinVo', 'RechargeMethodVo', 'MerchantCompanyDto', 'WalletStatusUpdateDto'],
  ...['RestResultWalletApplyOpenApiVo', 'RestResultApiWalletRechargeOrderVo', 'ApiWalletWithdrawOrderDto'],
  ...['RestResultApiSaveCardHolderVo', 'PagingVcCardFeeOrderVo', 'PagingVcCardPayOrderVo'],
  ...['RestResultVcCardPayOrderDto', 'RestResultApiCardApplyVo', 'ApiCardIncreaseQuotaDto', 'ApiCardDecreaseQuotaDto'],
  ...['RestResultListApiCardBinVo', 'PayeeAccountVo', 'MerchantCompanyShareholderInfoDto', 'OpenWalletInfoVo'],
  ...['ApiSaveWalletApplyDto', 'ApiWalletRechargeOrderDto', 'ApiSaveCardHolderDto', 'RestResultPagingVcCardFeeOrderVo'],
  ...['RestResultPagingVcCardPayOrderVo', 'ApiCardPayOrderInfoDto', 'ApiCardApplyDto', 'ApiCardInfoDto'],
  ...['WalletRechargeInfoVo', 'MerchantLegalInfoDto', 'RestResultOpenWalletInfoVo', 'ApiCardFeeOrderDto'],
  ...['ApiCardPayOrderQueryDto', 'RestResultWalletRechargeInfoVo', 'MerchantPersonDto', 'OpenWalletInfoQueryDto'],
  ...['BasePageRequestApiCardFeeOrderDto', 'BasePageRequestApiCardPayOrderQueryDto', 'WalletRechargeInfoRequest'],
  ...['MerchantUpdateDto', 'PageInfo', 'MerchantDetailVo', 'FlowItem', 'RestResultMerchantDetailVo'],
  ...['OpenWalletFlowVo', 'MerchantDetailDto', 'RestResultOpenWalletFlowVo', 'MerchantCreateDto'],
  ...['PageInfo', 'OpenWalletFlowQueryDto'],
];

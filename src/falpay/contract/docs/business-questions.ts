/** What is assumed about FalPay's business and stands in no entry of the profile. [I] */
export const BUSINESS_QUESTIONS: readonly {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly assumed: string;
}[] = [
  {
    id: 'base-url',
    zh: '测试环境与生产环境的接口地址分别是什么？是否需要 IP 白名单？',
    en: 'What are the addresses of the test and the production environment? Is there a list of allowed IP addresses?',
    assumed: 'FALPAY_BASE_URL',
  },
  {
    id: 'rate-limits',
    zh: '调用频率限制是多少？',
    en: 'How many calls are allowed in which time?',
    assumed: 'HTTP 429',
  },
  {
    id: 'order-numbers',
    zh: '商户侧单号允许哪些字符、最长多少位、在什么范围内唯一？以相同单号和相同内容再次请求时返回首次的结果吗？内容不同时返回什么？',
    en: 'Which characters and length may our order numbers have, and within what are they unique? Does the same number with the same content return the first result, and what comes with other content?',
    assumed: '1-64 of [A-Za-z0-9_-], unique per operation; the first result, also when that is a failure',
  },
  {
    id: 'wallet-flow',
    zh: '卡钱包流水是否只包含已入账的记录？未支付的充值订单如何查询？',
    en: 'Does 查询卡钱包流水 list booked movements only? How can a recharge order be looked up that is not paid yet?',
    assumed: 'booked movements only, so that a missing row proves nothing',
  },
  {
    id: 'credited-amount',
    zh: '充值分多笔到账时，回调与流水如何体现？creditedAmount 是否为累计值并已扣除手续费？不足额或超额到账时订单状态是什么？',
    en: 'How do callbacks and movements show a recharge that arrives in parts? Is creditedAmount cumulative and net of the fee? What becomes of an order with too little or too much money?',
    assumed: 'cumulative, net of the fee; one movement for each arrival; PROCESSING until the last part',
  },
  {
    id: 'card-issue',
    zh: '开卡成功或失败是否有回调？没有时应如何查询、多久有结果？',
    en: 'Is there a callback when a card was issued or refused? If not, how is it to be asked for, and how long does it take?',
    assumed: 'no callback; 查询卡片详细信息 by cardOrderNo',
  },
  {
    id: 'cardholder-audit',
    zh: '创建持卡人需要审核吗？结果如何获知？',
    en: 'Is a cardholder audited, and how is the result told?',
    assumed: 'the answer’s status; no query and no callback',
  },
  {
    id: 'limit-change',
    zh: '提额与降额传入的是变动额还是变动后的额度？降额能否低于已用额度？同一单号重复提交如何处理？',
    en: 'Is the amount of 提额 and 降额 the change or the new limit? May a limit fall below what is used? What becomes of the same number sent twice?',
    assumed: 'the change; not below what is used',
  },
  {
    id: 'freeze-cancel',
    zh: '冻结、解冻、注销卡片由谁、通过什么方式发起（导航中没有对应接口）？',
    en: 'Who freezes, unfreezes and cancels cards, and how (the navigation has no operation for it)?',
    assumed: 'FalPay or its console; told by the callback card-status',
  },
  {
    id: 'audit-again',
    zh: '商户审核被驳回后，更新商户是否自动重新提交审核？卡钱包被驳回后是否以新单号重新申请？',
    en: 'Does 更新商户 submit a rejected merchant again by itself? Is a rejected wallet applied for again under a new number?',
    assumed: 'yes; yes',
  },
  {
    id: 'callback-resend',
    zh: '回调未被确认时按什么间隔重发、持续多久？顺序有保证吗？重发时是否重新签名？回调地址在哪里配置？',
    en: 'At which intervals and for how long is a callback sent again that was not acknowledged? Is their order guaranteed? Is a resend signed anew? Where is the address set?',
    assumed: 'at 0 s, 5 s, 1 m, 5 m, 20 m, 1 h, 12 h, 24 h; no order; both must work',
  },
  {
    id: 'time-range',
    zh: '按时间查询时，起止时间是否都包含？最大跨度是多少？',
    en: 'Are both ends of a time range inclusive, and how long may it be?',
    assumed: 'inclusive; at most 90 days',
  },
  {
    id: 'file-upload',
    zh: '文件如何上传到 AWS S3：提供密钥还是预签名 URL？存储桶、区域、路径前缀、允许的类型与大小是什么？接口中填写的是对象 key 还是 URL？',
    en: 'How are files uploaded to AWS S3: with keys or presigned URLs? Which bucket, region, prefix, types and sizes are allowed? Do the operations take the object’s key or its URL?',
    assumed: 'either; JPEG, PNG, PDF; the object’s key',
  },
  {
    id: 'key-change',
    zh: '更换密钥的流程是什么？新旧公钥能否同时有效一段时间？',
    en: 'How are keys changed? Are the old and the new public key valid side by side for a while?',
    assumed: 'several platform keys are accepted at a time',
  },
];

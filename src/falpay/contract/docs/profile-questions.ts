/** A question to the provider about entries of the profile. */
export interface ProfileQuestion {
  /** Entries it covers, as `a.b`; `*` stands for one name, `**` for all that is below. */
  readonly covers: readonly string[];
  readonly zh: string;
  readonly en: string;
}

/** Entries that are our own choice, or attested on FalPay's page: nothing to ask. */
export const NOTHING_TO_ASK: readonly string[] = [
  ...['http.maxAnswerBytes', 'token.refreshBeforeMs', 'token.timeoutMs', 'operations.*.timeoutMs'],
  ...['callbacks.staleAfterMs', 'callbacks.confirmByQuery', 'callbacks.maxFutureSkewMs', 'callbacks.enforceFreshness'],
  // [A]
  ...['token.path', 'token.method', 'token.transport', 'token.grantType', 'token.parameters.**'],
  ...[
    'envelope.success',
    'envelope.code',
    'envelope.message',
    'envelope.data',
    'envelope.successCode',
    'envelope.codes',
  ],
  // Asked with each operation, model, list of words and callback.
  ...['operations.**', 'callbacks.topics.**', 'wire.names.**', 'wire.enums.**'],
];

/** One for each thing the profile assumes about how FalPay is spoken to. */
export const PROFILE_QUESTIONS: readonly ProfileQuestion[] = [
  {
    covers: ['http.method', 'http.contentType', 'http.basePath'],
    zh: '除获取令牌外，所有接口的 HTTP 方法、Content-Type 与公共路径前缀是什么？',
    en: 'Which HTTP method, content type and common path prefix do all operations but the token have?',
  },
  {
    covers: ['http.success', 'http.statuses.**'],
    zh: '成功、业务拒绝、参数或签名错误、令牌失效、限流、服务器错误分别返回什么 HTTP 状态码？返回 5xx 时，请求是否可能已被处理？',
    en: 'Which HTTP status comes with success, a business refusal, a wrong body or signature, an expired token, too many requests, and a fault of yours? May a call that got a 5xx have been carried out?',
  },
  {
    covers: ['headers.authorization', 'headers.authorizationScheme'],
    zh: '访问令牌放在哪个请求头、以什么前缀传递？',
    en: 'In which header, after which word, does the access token travel?',
  },
  {
    covers: ['headers.timestamp', 'headers.nonce', 'headers.signature', 'headers.clientId', 'headers.fixed.**'],
    zh: '时间戳、随机串、签名分别放在哪个请求头？是否还要传客户端编号或其他固定请求头？',
    en: 'Which headers carry the timestamp, the nonce and the signature? Must the client id or any fixed header be sent as well?',
  },
  {
    covers: ['headers.requestId', 'headers.retryAfter'],
    zh: '返回中哪个响应头携带请求编号（便于排查）？限流时是否返回 Retry-After？',
    en: 'Which response header carries your request id? Is Retry-After sent with too many requests?',
  },
  {
    covers: ['signature.algorithm', 'signature.encoding'],
    zh: '签名算法与编码是什么？密钥长度与格式（PKCS#8 / X.509，Base64 或 PEM）是什么？',
    en: 'Which algorithm and encoding has the signature, and which length and format have the keys (PKCS#8 and X.509, Base64 or PEM)?',
  },
  {
    covers: ['signature.parts.**', 'signature.separator', 'signature.suffix', 'signature.sortedFields.**'],
    zh: '待签名字符串由哪些部分、按什么顺序、以什么分隔符拼成？请求体为空时如何签名？请给出一个完整的示例（密钥、原文、签名值）。',
    en: 'Of which parts, in which order, with which separators is the string to sign made? How does an empty body sign? Please give one complete example (key, string, signature).',
  },
  {
    covers: ['signature.answers.**', 'signature.callbacks.**', 'signature.answerSignature'],
    zh: '返回与回调是否都签名？待签名字符串的构成与请求相同吗？',
    en: 'Are all answers and callbacks signed, and is their string to sign made as that of requests?',
  },
  {
    covers: ['signature.timestampUnit', 'signature.nonceLength'],
    zh: '时间戳的单位（毫秒或秒）、允许的时间偏差、随机串的长度要求是什么？',
    en: 'In which unit is the timestamp, how far may clocks differ, and how long must the nonce be?',
  },
  {
    covers: ['token.expiresInUnit', 'token.refusals.**', 'token.answerSignature'],
    zh: '获取令牌返回的 expires_in 的单位是什么（文档示例为 60）？获取令牌的返回是否签名？凭证错误时返回什么？新令牌是否使旧令牌失效？',
    en: 'What is the unit of expires_in (60 in the page’s example)? Is the token’s answer signed? What comes for wrong credentials? Does a new token end the one before?',
  },
  {
    covers: ['envelope.notFoundCodes.**', 'errors.codes.**'],
    zh: '完整的返回码列表是什么？哪些可以重试、哪些表示“不存在”、哪些表示结果未知？',
    en: 'What is the whole list of codes: which may be tried again, which mean “not found”, which leave the outcome open?',
  },
  {
    covers: ['time.**'],
    zh: '时间与日期的格式和时区是什么？以字符串还是数字传递？',
    en: 'Which format and zone have times and dates, and are they written as strings or numbers?',
  },
  {
    covers: ['paging.**'],
    zh: '分页参数与返回的字段名是什么？页码从 0 还是从 1 开始？每页最多多少条？',
    en: 'How are the fields of paging called, do pages begin with 0 or 1, and how many rows may a page have?',
  },
  {
    covers: ['wire.ids', 'wire.amounts', 'wire.booleans.**'],
    zh: '编号（如 19 位数字）、金额、布尔值在 JSON 中写作字符串还是数字？',
    en: 'Are ids (such as 19-digit numbers), amounts and booleans written as strings or as numbers in JSON?',
  },
  {
    covers: ['wire.amountUnit', 'wire.minorDigits.**'],
    zh: '金额以元还是以分为单位？各币种（含 USDT 等）保留几位小数？',
    en: 'Are amounts in major units or in cents, and how many decimals has each currency (USDT included)?',
  },
  {
    covers: ['wire.naming'],
    zh: '字段名采用驼峰还是下划线命名？',
    en: 'Are field names written in camelCase or snake_case?',
  },
  {
    covers: ['callbacks.fields.**'],
    zh: '回调消息的结构是什么：主题、事件号、发生时间、业务数据分别在哪个字段？同一事件重发时事件号是否不变？',
    en: 'How is a callback built: where are topic, event id, time and data? Does an event that is sent again keep its id?',
  },
  {
    covers: ['callbacks.acknowledgement.**'],
    zh: '收到回调后应返回什么（HTTP 状态码与内容）？须在几秒内返回？',
    en: 'What must be answered to a callback (HTTP status and content), and within how many seconds?',
  },
];

export * from './provenance';
export * from './iso';
export * from './merchant';
export * from './wallet';
export * from './cardholder';
export * from './card';
export * from './paging';
export * from './envelope';
export * from './callback-data';
export * from './operations';
export * from './callbacks';
export {
  checkAmount,
  checkOneOf,
  checkTimeRange,
  country,
  currency,
  falpayId,
  orderNo,
  positiveAmount,
  type Open,
} from './scalars';
export {
  type CallbackDraft,
  type CallbackReading,
  parseCallback,
  topicOf,
  topicsAt,
  writeCallback,
} from './callback-message';
export {
  FalpayProfile,
  type CodeMeaning,
  loadProfile,
  type Lookup,
  type OperationProfile,
  settleMsOf,
  type SignedPart,
  type StatusMeaning,
  type WireWord,
} from './profile';
export { defaultProfile } from './profile.default';
export { formatTime, insideTime, parseTime } from './time';
export { type WordListName, wordLists } from './words';
export { decode, encode, parseLossless, stringifyLossless, type WireRules } from './codec';

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

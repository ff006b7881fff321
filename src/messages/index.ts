export * from './actions';
export * from './callback';
export * from './flow';
export * from './ids';
export * from './onboarding';
export * from './policy';
export * from './search-attributes';
export * from './state';

/** What the worker's bundle holds: one export per workflow type. */
export { merchantOnboarding } from './merchant-onboarding';
export { parkedCallback } from './parked-callback';

import example from '../../docs/examples/onboarding.json';
import type { OnboardingBody } from '../../src/messages';

/** The example of the documentation: a company with two cards, one of which needs a cardholder. Every person in it is invented. */
export function onboardingBody(change: Partial<OnboardingBody> = {}): OnboardingBody {
  return { ...(structuredClone(example) as OnboardingBody), ...change };
}

/** Start bodies of recordings: as small as their case allows. */
import type { OnboardingBody } from '../../../src/messages';
import { BIN } from '../../setup/stack';

const card = { binId: BIN.plain, cardLimit: '50.00', currency: 'USD' } as const;

export const ONE_CARD: Partial<OnboardingBody> = { cards: [card] };
export const TWO_CARDS: Partial<OnboardingBody> = { cards: [card, card] };

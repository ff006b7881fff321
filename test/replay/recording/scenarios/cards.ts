/** Cards and cardholders that FalPay refuses; each on its own. */
import { BIN } from '../../../setup/stack';
import { ONE_CARD, TWO_CARDS } from '../bodies';
import type { Scenario } from '../scenario';

const refused = (number: string, at: 'apply' | 'issue') => ({
  step: 'card',
  at,
  orderNo: `${number}_OC1`,
  reason: 'the card name is not allowed',
});

export const cards: readonly Scenario[] = [
  {
    records: ['onboarding.card-refused', 'onboarding.card-corrected'],
    body: ONE_CARD,
    async run(flow) {
      await flow.plan(refused(flow.number, 'apply'));
      await flow.pastRecharge();
      const block = await flow.blockedBy('CARD_REFUSED');
      await flow.record('onboarding.card-refused');
      await flow.correct(block, { patch: { cards: { '0': { cardName: 'Advertising' } } } });
      await flow.completed();
      await flow.record('onboarding.card-corrected');
    },
  },
  {
    records: ['onboarding.card-failed-next-round'],
    body: ONE_CARD,
    async run(flow) {
      await flow.plan(refused(flow.number, 'issue'));
      await flow.pastRecharge();
      await flow.correct(await flow.blockedBy('CARD_REFUSED'));
      await flow.completed();
      await flow.record('onboarding.card-failed-next-round');
    },
  },
  {
    records: ['onboarding.card-skipped'],
    body: TWO_CARDS,
    async run(flow) {
      await flow.plan(refused(flow.number, 'apply'));
      await flow.pastRecharge();
      const { blockId } = await flow.blockedBy('CARD_REFUSED');
      await flow.reach(({ outputs }) => outputs.cards[1]?.status === 'ACTIVE');
      await flow.act('skip', { blockId });
      await flow.completed();
      await flow.record('onboarding.card-skipped');
    },
  },
  {
    records: ['onboarding.cardholder-rejected', 'onboarding.cardholder-corrected'],
    async run(flow) {
      await flow.plan({ step: 'cardholder-audit', orderNo: `${flow.number}_OH1`, reason: 'the passport has expired' });
      await flow.pastRecharge();
      const block = await flow.blockedBy('CARDHOLDER_REJECTED');
      await flow.reach(({ outputs }) => outputs.cards[1]?.status === 'ACTIVE');
      await flow.record('onboarding.cardholder-rejected');
      await flow.correct(block, { patch: { cards: { '0': { cardholder: { certNo: 'K00000100' } } } } });
      await flow.completed();
      await flow.record('onboarding.cardholder-corrected');
    },
  },
  {
    // The money came, but the card's limit is more than the wallet holds.
    records: ['onboarding.balance-short', 'onboarding.balance-short-corrected'],
    body: { cards: [{ binId: BIN.prepaid, cardLimit: '900.00', currency: 'USD' }] },
    async run(flow) {
      await flow.pastRecharge();
      const short = await flow.blockedBy('RECHARGE_SHORT');
      await flow.record('onboarding.balance-short');
      await flow.correct(short, { patch: { cards: { '0': { cardLimit: '90.00' } } } });
      await flow.completed();
      await flow.record('onboarding.balance-short-corrected');
    },
  },
];

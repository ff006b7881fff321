import type { CardIssuanceBody, CardIssuanceResult, FlowInput, FlowState } from '../messages';
import { beginFlow } from './flow/begin';
import { issuanceFault } from './stand-alone-bodies';
import { cardSteps, issueCards } from './steps/cards';
import { tellResidue } from './steps/residue';

/** FalPay is not stormed by one batch, and the history's workflow tasks each carry several cards. */
const CARDS_AT_A_TIME = 8;

/** Cards on an existing wallet: 开卡申请 for one or for hundreds, each with a result of its own. */
export async function cardIssuance(input: FlowInput<CardIssuanceBody>): Promise<FlowState<CardIssuanceResult>> {
  const flow = beginFlow('card-issuance', input, cardSteps(input.body.cards), issuanceFault);
  const { walletId, merchantId } = input.body;
  flow.know({ walletId, ...(merchantId !== undefined && { merchantId }) });
  return flow.run(
    async () => {
      const cards = await issueCards(flow, {
        walletId,
        merchantId: () => flow.body.merchantId,
        now: () => flow.body.cards,
        patchable: merchantId === undefined ? ['merchantId'] : [],
        atATime: CARDS_AT_A_TIME,
      });
      return { walletId, cards };
    },
    () => tellResidue(flow),
  );
}

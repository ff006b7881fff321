/** What the Temporal UI says of a flow before it has begun: what and for whom, without anything of a person, since whoever may look sees it. */
import type { SearchAttributePair } from '@temporalio/common';
import {
  SEARCH_ATTRIBUTES,
  type CardRequest,
  type FlowInput,
  type OnboardingBody,
  type StartBodies,
  type StartBody,
  type StartedKind,
} from '../messages';

interface Described {
  readonly summary: string;
  /** Lines of the details, besides number and environment. */
  readonly lines: readonly string[];
}

type Describe<Kind extends StartedKind> = (number: string, body: StartBodies[Kind]) => Described;

/** A batch's cards are in its state; the details name the first few. */
const CARDS_NAMED = 10;

const DESCRIBE: { readonly [Kind in StartedKind]: Describe<Kind> } = {
  onboarding: (number, { merchant, wallet, recharge, cards }) => ({
    summary: `Onboarding of ${partyOf(merchant)} ${number}: ${recharge.amount} ${recharge.currency}, ${countOf(cards)}`,
    lines: [
      `- wallet: ${wallet.currency}`,
      `- recharge: ${recharge.amount} ${recharge.currency}${recharge.methodCode ? ` by \`${recharge.methodCode}\`` : ''}`,
      ...cardLines(cards),
    ],
  }),
  'wallet-opening': (number, { merchantId, currency }) => ({
    summary: `Opening of a ${currency} wallet ${number} for merchant ${merchantId}`,
    lines: [`- merchant: \`${merchantId}\``, `- wallet: ${currency}`],
  }),
  'wallet-recharge': (number, { walletId, amount, currency, methodCode }) => ({
    summary: `Recharge ${number} of wallet ${walletId}: ${amount} ${currency}`,
    lines: [
      `- wallet: \`${walletId}\``,
      `- recharge: ${amount} ${currency}${methodCode ? ` by \`${methodCode}\`` : ''}`,
    ],
  }),
  'wallet-withdrawal': (number, { walletId, amount, currency }) => ({
    summary: `Withdrawal ${number} from wallet ${walletId}: ${amount} ${currency}`,
    lines: [`- wallet: \`${walletId}\``, `- withdrawal: ${amount} ${currency}`],
  }),
  'wallet-status-change': (number, { walletId, status }) => ({
    summary: `Status change ${number} of wallet ${walletId}: ${status}`,
    lines: [`- wallet: \`${walletId}\``, `- status: ${status}`],
  }),
  'card-issuance': (number, { walletId, cards }) => ({
    summary: `Issuance ${number} on wallet ${walletId}: ${countOf(cards)}`,
    lines: [`- wallet: \`${walletId}\``, ...cardLines(cards)],
  }),
};

export function describeStart(
  kind: StartedKind,
  { number, environment, restarted, restart, body }: FlowInput<StartBody>,
): { readonly summary: string; readonly details: string; readonly attributes: SearchAttributePair[] } {
  const { summary, lines } = (DESCRIBE[kind] as Describe<StartedKind>)(number, body as never);
  const details = [
    `- ${kind === 'onboarding' ? 'merchant order number' : 'order number'}: \`${number}\``,
    `- environment: \`${environment}\``,
    ...lines,
    ...(restarted ? [`- restarted by ${restart?.actor ?? 'an operator'}: every step begins with a look-up`] : []),
  ].join('\n');
  return { summary, details, attributes: attributesOf(kind, number, body) };
}

/** What is known of the flow before it runs: it can be found by these even while no worker does. */
function attributesOf(kind: StartedKind, number: string, body: StartBody): SearchAttributePair[] {
  const { merchantId, walletId } = body as { readonly merchantId?: string; readonly walletId?: string };
  return [
    ...(kind === 'onboarding' ? [{ key: SEARCH_ATTRIBUTES.MerchantOrderNo, value: number }] : []),
    ...(merchantId === undefined ? [] : [{ key: SEARCH_ATTRIBUTES.FalpayMerchantId, value: merchantId }]),
    ...(walletId === undefined ? [] : [{ key: SEARCH_ATTRIBUTES.FalpayWalletId, value: walletId }]),
    { key: SEARCH_ATTRIBUTES.FlowStage, value: 'RUNNING' },
  ];
}

function partyOf({ merchantType }: OnboardingBody['merchant']): string {
  return merchantType === 'COMPANY' ? 'company' : 'person';
}

function cardLines(cards: readonly CardRequest[]): readonly string[] {
  const named = cards
    .slice(0, CARDS_NAMED)
    .map((card, index) => `- card ${index + 1}: limit ${card.cardLimit} ${card.currency}, BIN \`${card.binId}\``);
  return cards.length > CARDS_NAMED ? [...named, `- and ${cards.length - CARDS_NAMED} more cards`] : named;
}

function countOf({ length }: readonly CardRequest[]): string {
  return length === 1 ? '1 card' : `${length} cards`;
}

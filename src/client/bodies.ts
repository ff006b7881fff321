/** Start bodies as a backend sends them: FalPay's models less what the flow itself knows. Unknown fields are errors. */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import {
  ApiCardApplyDto,
  ApiCardIncreaseQuotaDto,
  ApiSaveCardHolderDto,
  ApiSaveWalletApplyDto,
  ApiWalletRechargeOrderDto,
  ApiWalletWithdrawOrderDto,
  WalletStatusUpdateDto,
  checkAmount,
  checkMerchantParty,
  merchantCreateFields,
} from '../falpay/contract';
import { LIMIT_DIRECTIONS, type LimitChangeBody, type StartBody, type StartedKind } from '../messages';
import { InvalidInputError, type FieldIssue } from './errors';

const wallet = ApiSaveWalletApplyDto.shape;
const recharge = ApiWalletRechargeOrderDto.shape;
const card = ApiCardApplyDto.shape;

const Merchant = z.strictObject(merchantCreateFields).omit({ merchantOrderNo: true }).superRefine(checkMerchantParty);

const Wallet = z.strictObject({ currency: wallet.currency, walletName: wallet.walletName });

const rechargeFields = {
  amount: recharge.amount,
  currency: recharge.currency,
  methodCode: recharge.methodCode.optional().describe('Absent: the only method there is, or CHOOSE_RECHARGE_METHOD.'),
  minCredited: recharge.amount
    .optional()
    .describe('What must arrive net of fees, as a decimal string. Default: the amount less the announced fee.'),
};

const Recharge = z.strictObject(rechargeFields).superRefine(checkAmount('amount')).superRefine(checkMinCredited);

function checkMinCredited(
  {
    amount,
    minCredited,
    currency,
  }: { readonly amount: string; readonly minCredited?: string; readonly currency: string },
  context: z.RefinementCtx,
): void {
  if (minCredited === undefined) return;
  checkAmount('minCredited')({ minCredited, currency }, context);
  if (new Decimal(minCredited).gt(amount)) {
    context.addIssue({
      code: 'custom',
      path: ['minCredited'],
      message: `must not be more than the amount, ${amount}`,
    });
  }
}

const Cardholder = ApiSaveCardHolderDto.omit({ cardholderOrderNo: true, merchantId: true });

const Card = z
  .strictObject({
    binId: card.binId,
    cardLimit: card.cardLimit,
    currency: card.currency,
    cardName: card.cardName,
    cardholder: Cardholder.optional().describe('Needed when the BIN asks for a cardholder.'),
  })
  .superRefine(checkAmount('cardLimit'));

/** Order numbers of cards count to three digits; a batch that large is better split long before. */
export const MAX_CARDS = 100;

export const onboardingBody = z
  .strictObject({
    merchant: Merchant,
    wallet: Wallet,
    recharge: Recharge,
    cards: z.array(Card).min(1, 'must have at least one card').max(MAX_CARDS, `must have at most ${MAX_CARDS} cards`),
  })
  .superRefine((body, context) => {
    // One wallet has one currency; money in another would be refused by FalPay only after the customer has paid.
    if (body.recharge.currency !== body.wallet.currency) {
      context.addIssue({
        code: 'custom',
        path: ['recharge', 'currency'],
        message: `must be the wallet's currency, ${body.wallet.currency}`,
      });
    }
  });

/** One order for a batch; more are better split, so that one of them can be cancelled. */
export const MAX_ISSUED_CARDS = 500;

const walletOpeningBody = ApiSaveWalletApplyDto.omit({ walletOrderNo: true });

const walletRechargeBody = z
  .strictObject({
    walletId: recharge.walletId,
    ...rechargeFields,
    voucherKey: recharge.voucherKey,
    remark: recharge.remark,
  })
  .superRefine(checkAmount('amount'))
  .superRefine(checkMinCredited);

const { withdrawOrderNo: _ours, ...withdrawalFields } = ApiWalletWithdrawOrderDto.shape;
const walletWithdrawalBody = z.strictObject(withdrawalFields).superRefine(checkAmount('amount'));

const walletStatusChangeBody = WalletStatusUpdateDto;

const cardIssuanceBody = z.strictObject({
  walletId: card.walletId,
  merchantId: ApiSaveCardHolderDto.shape.merchantId
    .optional()
    .describe("The wallet's merchant; needed when a BIN asks for a cardholder."),
  cards: z
    .array(Card)
    .min(1, 'must have at least one card')
    .max(MAX_ISSUED_CARDS, `must have at most ${MAX_ISSUED_CARDS} cards`),
});

/** The start body of each kind of flow. */
export const startBodies = {
  onboarding: onboardingBody,
  'wallet-opening': walletOpeningBody,
  'wallet-recharge': walletRechargeBody,
  'wallet-withdrawal': walletWithdrawalBody,
  'wallet-status-change': walletStatusChangeBody,
  'card-issuance': cardIssuanceBody,
} as const satisfies { readonly [Kind in StartedKind]: z.ZodType<StartBody<Kind>> };

/** 卡片提额 and 卡片降额 are one resource: `direction` says which. */
export const limitChangeBody = z
  .strictObject({
    direction: z.enum(LIMIT_DIRECTIONS, { error: `must be ${LIMIT_DIRECTIONS.join(' or ')}` }),
    amount: ApiCardIncreaseQuotaDto.shape.amount.describe('The change, a decimal string in major units.'),
    currency: ApiCardIncreaseQuotaDto.shape.currency,
  })
  .superRefine(checkAmount('amount')) satisfies z.ZodType<LimitChangeBody>;

/** @throws InvalidInputError naming every field at fault */
export function parseLimitChange(body: unknown): LimitChangeBody {
  const parsed = limitChangeBody.safeParse(body);
  if (!parsed.success) throw new InvalidInputError(fieldIssues(parsed.error, body));
  return parsed.data;
}

/** @throws InvalidInputError naming every field at fault */
export function parseStartBody<Kind extends StartedKind>(kind: Kind, body: unknown): StartBody<Kind> {
  const schema: z.ZodType<StartBody> = startBodies[kind];
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new InvalidInputError(fieldIssues(parsed.error, body));
  return parsed.data as StartBody<Kind>;
}

/** zod's issues as paths and messages, one for each field; an unknown field is named by its own path, not by its parent's. */
export function fieldIssues(
  error: z.core.$ZodError,
  input: unknown,
  unknownField = 'is not a field of this body',
): readonly FieldIssue[] {
  const issues = error.issues.flatMap(({ path, message, ...issue }): readonly FieldIssue[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: unknownField }));
    }
    const absent = issue.code !== 'custom' && valueAt(input, path) === undefined;
    return [{ path: path.join('.'), message: absent ? 'is required' : message }];
  });
  return issues.filter(({ path }, index) => issues.findIndex((other) => other.path === path) === index);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value !== null && typeof value === 'object' ? Reflect.get(value, key) : undefined),
    input,
  );
}

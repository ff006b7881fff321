/**
 * Where a fact about FalPay comes from. Only one page of FalPay's documentation is at hand, so every model, field,
 * operation and callback says how sure we are of it:
 *
 * - `A` attested: stands on that page;
 * - `N` named: follows from a name on that page, the shape behind the name does not;
 * - `I` assumed: ours, taken from what comparable card platforms do.
 */
export type Provenance = 'A' | 'N' | 'I';

/** What every schema of the contract carries: a Chinese description and its provenance. */
export interface ContractMeta {
  readonly description: string;
  readonly provenance: Provenance;
  [key: string]: unknown;
}

/** The mark of a fact that stands on FalPay's page. [A] */
export const attested = (description: string): ContractMeta => ({ description, provenance: 'A' });

/** The mark of a fact that follows from a name on FalPay's page. [N] */
export const named = (description: string): ContractMeta => ({ description, provenance: 'N' });

/** The mark of an assumption of ours. [I] */
export const assumed = (description: string): ContractMeta => ({ description, provenance: 'I' });

/**
 * The mark of a model that has a name of its own. Where it stands as a field of another model it gets another
 * description, and zod then drops `id`; `model` stays, so that the wire seam still knows it by name.
 */
export const model = (
  name: string,
  meta: ContractMeta,
): ContractMeta & { readonly id: string; readonly model: string } => ({
  ...meta,
  id: name,
  model: name,
});

/**
 * The mark of a schema that is written on the wire as `name` is, without being that model: a part of it, or a stricter
 * form of it. It shares the model's names in the profile, and leaves zod's unique `id` to the model itself.
 */
export const partOf = (name: string, meta: ContractMeta): ContractMeta & { readonly model: string } => ({
  ...meta,
  model: name,
});

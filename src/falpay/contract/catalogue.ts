import { z } from 'zod';
import * as callbackData from './callback-data';
import * as card from './card';
import * as cardholder from './cardholder';
import * as envelope from './envelope';
import * as merchant from './merchant';
import { type OperationName, operationRow } from './operations';
import * as paging from './paging';
import * as wallet from './wallet';
import { modelName, unwrap } from './wire-fields';

/** Names of ours for what FalPay's list of models does not name: the token, the card with its secrets, callback data. */
const OWN_NAMES = new Set(['TokenVo', 'UnsafeCardWithSecretsVo', ...Object.keys(callbackData)]);

/** Every model of the contract by its name, those of FalPay's list and ours. */
export const models: ReadonlyMap<string, z.ZodObject> = new Map(
  [merchant, wallet, cardholder, card, paging, envelope, callbackData]
    .flatMap((file) => Object.values(file) as readonly unknown[])
    .flatMap((value) => {
      const id = value instanceof z.ZodObject ? value.meta()?.id : undefined;
      return value instanceof z.ZodObject && id !== undefined ? [[id, value] as const] : [];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);

/** Whether the name stands in FalPay's list of models. */
export const isFalpaysName = (model: string): boolean => !OWN_NAMES.has(model);

/** The named model that a schema is: the model itself or a copy of it under another description, but not a part of it. */
export function namedModel(schema: z.ZodType): string | undefined {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodObject)) return undefined;
  const name = inner.meta()?.id ?? modelName(inner);
  return name !== undefined && models.get(name)?.shape === inner.shape ? name : undefined;
}

/** The envelopes, whose field names stand in the profile's `envelope`. */
export const isEnvelope = (model: string): boolean => model.startsWith('RestResult');

/** FalPay's name for the envelope of an operation's answer. [N] */
export function envelopeOf(operation: OperationName): string {
  const { response } = operationRow(operation);
  if (operation === 'getToken') return 'RestResultSerializable';
  if (response instanceof z.ZodArray) return `RestResultList${namedModel(response.element as z.ZodType) ?? ''}`;
  if (response instanceof z.ZodString) return 'RestResultString';
  const model = namedModel(response);
  return model === undefined ? 'RestResultVoid' : `RestResult${model}`;
}

/** Where a query takes one of several keys: their names. Asked of the model, so that it cannot say otherwise. */
export function eitherOf(schema: z.ZodType): readonly string[] {
  const found = schema
    .safeParse({})
    .error?.issues.map(({ message }) => /^one of (.+) must be given$/.exec(message)?.[1]);
  return found?.find((keys) => keys !== undefined)?.split(', ') ?? [];
}

import { z } from 'zod';
import { callbackBodies } from './callbacks';
import { UnsafeCardWithSecretsVo } from './card';
import { operationRow, operationNames } from './operations';

/** The fields of every model that crosses the wire, by the model's name: what the profile may rename. */
export function fieldsByModel(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const visit = (schema: z.ZodType): void => {
    if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return visit(schema.unwrap() as z.ZodType);
    if (schema instanceof z.ZodArray) return visit(schema.element as z.ZodType);
    if (!(schema instanceof z.ZodObject)) return;
    const shape = schema.shape as Readonly<Record<string, z.ZodType>>;
    const model = schema.meta()?.['model'];
    if (typeof model === 'string') found.set(model, new Set([...(found.get(model) ?? []), ...Object.keys(shape)]));
    Object.values(shape).forEach(visit);
  };
  for (const { request, response } of operationNames.map(operationRow)) {
    if (request) visit(request);
    visit(response);
  }
  visit(UnsafeCardWithSecretsVo);
  Object.values(callbackBodies).forEach(visit);
  return found;
}

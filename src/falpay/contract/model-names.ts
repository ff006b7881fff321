import { z } from 'zod';
import { callbacks } from './callbacks';
import { UnsafeCardWithSecretsVo } from './card';
import { operationNames, operationRow } from './operations';
import { modelName, unwrap } from './wire-fields';

/**
 * Every model that crosses the wire, by the name it has in the profile: usually one schema, several where a part or a
 * stricter form of a model is written as the model is.
 */
export function modelsOnTheWire(): ReadonlyMap<string, readonly z.ZodObject[]> {
  const found = new Map<string, z.ZodObject[]>();
  const visit = (schema: z.ZodType): void => {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodArray) return visit(inner.element as z.ZodType);
    if (!(inner instanceof z.ZodObject)) return;
    const model = modelName(inner);
    if (model !== undefined) found.set(model, [...(found.get(model) ?? []), inner]);
    Object.values(inner.shape as Readonly<Record<string, z.ZodType>>).forEach(visit);
  };
  for (const { request, response } of operationNames.map(operationRow)) {
    if (request) visit(request);
    visit(response);
  }
  visit(UnsafeCardWithSecretsVo);
  for (const { data } of Object.values(callbacks)) visit(data);
  return found;
}

/** Checks what a request brings against its route's models; every field at fault is named. */
import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { InvalidInputError, fieldIssues } from '../client/index';

export const validatorFor: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) => {
    if (httpPart === 'querystring') {
      const twice = repeated(data);
      if (twice.length > 0) return { error: new InvalidInputError(twice) };
    }
    const result = schema.safeParse(data);
    if (result.success) return { value: result.data };
    const unknownField = httpPart === 'querystring' ? 'is not a parameter of this path' : undefined;
    return { error: new InvalidInputError(fieldIssues(result.error, data, unknownField)) };
  };

/** `?stage=BLOCKED&stage=WAITING`: which of them counts would be a guess. */
function repeated(query: unknown) {
  return Object.entries(query ?? {})
    .filter(([, value]) => Array.isArray(value))
    .map(([path]) => ({ path, message: 'must be given once' }));
}

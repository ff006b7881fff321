import { parse as parseYaml } from 'yaml';
import { InvalidInput } from '../../errors';
import { describe, isRecord, type Json, readShape, References } from './schema-reader';
import type { DocumentShape, FieldShape, OperationShape, Shape } from './shape';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/**
 * Reads an OpenAPI 3.0 or 3.1 document, as text in JSON or YAML.
 * @throws InvalidInput that says what it is instead
 */
export function parseOpenApi(text: string, source: string): DocumentShape {
  // Files may begin with a byte order mark.
  const parsed = parseAny(text.replace(/^\ufeff/, ''), source);
  if (!isRecord(parsed)) throw refuse(source, 'is no OpenAPI document');
  if (parsed['swagger'] !== undefined)
    throw refuse(source, `is Swagger ${String(parsed['swagger'])}: export it as OpenAPI 3.0 or 3.1`);
  if (parsed['apifoxProject'] !== undefined)
    throw refuse(source, 'is a project of Apifox: export it as OpenAPI 3.0 or 3.1 instead');
  const version = String(parsed['openapi']);
  if (!/^3\.[01]\./.test(version))
    throw refuse(source, 'is no OpenAPI 3.0 or 3.1 document (it has no such "openapi" entry)');
  return readDocument(parsed);
}

/** YAML contains JSON, but takes its time over it. */
function parseAny(text: string, source: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Then it is YAML, or nothing.
  }
  try {
    return parseYaml(text, { maxAliasCount: 10_000 }) as unknown;
  } catch (error) {
    throw refuse(source, `is neither JSON nor YAML (${(error as Error).message.split('\n')[0]})`);
  }
}

const refuse = (source: string, message: string) => new InvalidInput('OpenAPI', [{ path: source, message }]);

export function readDocument(document: Json): DocumentShape {
  const references = new References(document);
  const operations = [
    ...operationsIn(document['paths'], references, false),
    ...operationsIn(document['webhooks'], references, true),
  ];
  return {
    operations,
    statesRequired: statesRequired(document),
    statesHeaders: operations.some(({ headers }) => headers.length > 0),
  };
}

function operationsIn(paths: unknown, references: References, areWebhooks: boolean): readonly OperationShape[] {
  if (!isRecord(paths)) return [];
  return Object.entries(paths).flatMap(([path, item]) => {
    const { value } = references.follow(item);
    return METHODS.flatMap((method) => {
      const operation = value[method];
      if (!isRecord(operation)) return [];
      const shared = Array.isArray(value['parameters']) ? (value['parameters'] as unknown[]) : [];
      return [readOperation({ path, method, operation, shared, areWebhooks }, references)];
    });
  });
}

interface FoundOperation {
  readonly path: string;
  readonly method: string;
  readonly operation: Json;
  readonly shared: readonly unknown[];
  readonly areWebhooks: boolean;
}

function readOperation(found: FoundOperation, references: References): OperationShape {
  const { path, method, operation, shared, areWebhooks } = found;
  const own = Array.isArray(operation['parameters']) ? (operation['parameters'] as unknown[]) : [];
  const parameters = [...shared, ...own].map((parameter) => references.follow(parameter).value);
  const fieldsIn = (place: string): readonly FieldShape[] =>
    parameters
      .filter((parameter) => parameter['in'] === place)
      .map((parameter) => parameterField(parameter, references));
  const requestBody = references.follow(operation['requestBody']).value;
  const request = bodyShape(requestBody, references);
  const answer = bodyShape(references.follow(successOf(operation['responses'])).value, references);
  const title =
    String(operation['summary'] ?? '')
      .split(' / ')[0]
      ?.trim() ?? '';
  return {
    id: String(operation['operationId'] ?? title),
    method: method.toUpperCase(),
    path: typeof operation['x-path'] === 'string' ? operation['x-path'] : path,
    title,
    isCallback: areWebhooks || isCallback(operation, title),
    query: fieldsIn('query'),
    headers: fieldsIn('header').filter(({ name }) => !/^(accept|content-type|authorization)$/i.test(name)),
    ...(request === undefined ? {} : { request }),
    isJson: Object.keys(isRecord(requestBody['content']) ? requestBody['content'] : {}).some((type) =>
      /json/i.test(type),
    ),
    ...(answer === undefined ? {} : { answer }),
  };
}

function parameterField(parameter: Json, references: References): FieldShape {
  const name = String(parameter['name']);
  const schema = references.follow(parameter['schema']).value;
  return {
    name,
    inside: name,
    required: parameter['required'] === true,
    description: describe(parameter) || describe(schema),
    shape: readShape(schema, references),
  };
}

function bodyShape(body: Json, references: References): Shape | undefined {
  if (!isRecord(body['content'])) return undefined;
  const content = Object.entries(body['content']);
  const [, media] = content.find(([type]) => /json/i.test(type)) ?? content[0] ?? [];
  const schema = isRecord(media) ? media['schema'] : undefined;
  if (schema === undefined) return undefined;
  const shape = readShape(schema, references);
  // Apifox writes an empty object where there is no body.
  return shape.type === 'object' && shape.fields().length === 0 && shape.model === undefined ? undefined : shape;
}

function successOf(responses: unknown): unknown {
  if (!isRecord(responses)) return undefined;
  const success = Object.keys(responses).find((status) => /^2/.test(status));
  return responses[success ?? 'default'];
}

function isCallback(operation: Json, title: string): boolean {
  const tags = Array.isArray(operation['tags']) ? operation['tags'] : [];
  const folders = [...tags, operation['x-apifox-folder']].filter((text) => typeof text === 'string');
  return folders.some((text) => /回调|callback|webhook|notif/i.test(text)) || /(回调|通知)$/.test(title);
}

/** Whether any schema has a list of required fields. */
function statesRequired(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(statesRequired);
  if (!isRecord(value)) return false;
  if (Array.isArray(value['required']) && value['required'].length > 0) return true;
  return Object.values(value).some(statesRequired);
}

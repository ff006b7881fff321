/** Registers the search attributes that flows set; without them every flow would stop at its first wait. */
import { setTimeout as pause } from 'node:timers/promises';
import { isGrpcServiceError, type Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../messages/search-attributes';

const KEYWORD = temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
const USABLE_WITHIN_MS = 60_000;

const ALREADY_EXISTS = 6;
const INVALID_ARGUMENT = 3;
const UNIMPLEMENTED = 12;

const NAMES = Object.keys(SEARCH_ATTRIBUTES);

/** A person must register them, or free a name; trying again does not help. */
export class SearchAttributesError extends Error {
  override readonly name = 'SearchAttributesError';
}

/**
 * Idempotent, also when several processes do it at once. Returns when the server accepts the attributes in a query.
 * @throws SearchAttributesError the server refuses (Temporal Cloud takes them from its own API only), or a name is taken by another type
 */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
  signal?: AbortSignal,
): Promise<{ readonly added: readonly string[] }> {
  const added = await missing(connection, namespace);
  if (added.length > 0) await add(connection, namespace, added);
  await untilUsable(connection, namespace, signal);
  return { added };
}

async function missing(connection: Connection, namespace: string): Promise<readonly string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const known = customAttributes ?? {};
  const wrong = NAMES.filter((name) => known[name] !== undefined && known[name] !== KEYWORD);
  if (wrong.length > 0)
    throw new SearchAttributesError(
      `namespace "${namespace}" has ${wrong.join(', ')} as another type than Keyword: rename or remove it there`,
    );
  return NAMES.filter((name) => known[name] === undefined);
}

async function add(connection: Connection, namespace: string, names: readonly string[]): Promise<void> {
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(names.map((name) => [name, KEYWORD])),
    });
  } catch (error) {
    // Another process of ours was faster, for some of them or for all: the check afterwards tells.
    if (hasCode(error, ALREADY_EXISTS)) return;
    const left = await missing(connection, namespace);
    if (left.length === 0) return;
    const details = isGrpcServiceError(error) ? error.details : String(error);
    throw new SearchAttributesError(
      `the server refuses to register ${left.join(', ')} in namespace "${namespace}" (${details}). Register them by hand, type Keyword: ` +
        `"temporal operator search-attribute create ${left.map((name) => `--name ${name} --type Keyword`).join(' ')}", ` +
        `or on Temporal Cloud in the namespace's settings`,
      { cause: error },
    );
  }
}

/** Servers keep the list in a cache: a moment after the registration, queries and upserts are still refused. */
async function untilUsable(connection: Connection, namespace: string, signal?: AbortSignal): Promise<void> {
  const query = NAMES.map((name) => `${name} = "-"`).join(' AND ');
  const deadline = Date.now() + USABLE_WITHIN_MS;
  for (;;) {
    try {
      await connection.workflowService.countWorkflowExecutions({ namespace, query });
      return;
    } catch (error) {
      if (hasCode(error, UNIMPLEMENTED)) return;
      if (!hasCode(error, INVALID_ARGUMENT) || Date.now() > deadline) throw error;
    }
    await pause(100, undefined, { signal });
  }
}

function hasCode(error: unknown, code: number): boolean {
  return isGrpcServiceError(error) && Number(error.code) === code;
}

/** FalPay's numbered pages as the API's own: items, and a token for those that follow. */
import { z } from 'zod';
import { InvalidInputError, NO_TOKEN, TOKEN_FORM, pageToken, placeOf } from '../client/index';

const DEFAULT_PAGE_SIZE = 50;

/** Of every list that FalPay keeps. */
export const pageFields = {
  pageSize: z
    .string()
    .regex(/^([1-9]\d?|100)$/, 'must be a number from 1 to 100')
    .transform(Number)
    .optional()
    .describe(`Default ${DEFAULT_PAGE_SIZE}. The same from page to page.`),
  nextPageToken: z.string().regex(TOKEN_FORM, NO_TOKEN).optional().describe('From the page before.'),
};

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextPageToken: z.string().optional().describe('Absent on the last page.'),
  });

interface PageRequest {
  readonly pageSize?: number | undefined;
  readonly nextPageToken?: string | undefined;
}

/** A page as FalPay is asked for it. */
export interface PageNumber {
  readonly pageNum: number;
  readonly pageSize: number;
}

interface FalpayPage<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

interface Page<Row> {
  readonly items: Row[];
  readonly nextPageToken?: string;
}

/** Where a page begins. Rows are counted beside pages: FalPay may send smaller pages than it was asked for. */
const place = z.tuple([z.int().min(2).max(1_000_000), z.int().min(1)]);

/**
 * One page of a list at FalPay. Newer rows may push a row to the next page meanwhile: it then comes twice, and is known by its number.
 *
 * @param list what makes the list the one it is: a token is good for it alone
 * @param owner asked where the list is empty: throws when it is a list of something that is not there
 * @throws InvalidInputError a token of another list
 */
export async function readPage<Row>(
  list: Readonly<Record<string, unknown>>,
  { pageSize = DEFAULT_PAGE_SIZE, nextPageToken }: PageRequest,
  ask: (page: PageNumber) => Promise<FalpayPage<Row>>,
  owner: () => Promise<unknown>,
): Promise<Page<Row>> {
  const name = JSON.stringify({ ...list, pageSize });
  const [pageNum, before] = nextPageToken === undefined ? ([1, 0] as const) : placeIn(placeOf(nextPageToken, name));
  const { rows, total } = await ask({ pageNum, pageSize });
  if (rows.length === 0 && pageNum === 1) await owner();
  const received = before + rows.length;
  const items = [...rows];
  if (rows.length === 0 || received >= total) return { items };
  return { items, nextPageToken: pageToken(Buffer.from(JSON.stringify([pageNum + 1, received])), name) };
}

/** The mark of a token is no secret: whoever computes one by hand must still not get further than a page. */
function placeIn(bytes: Buffer): readonly [pageNum: number, received: number] {
  try {
    return place.parse(JSON.parse(bytes.toString()));
  } catch (error) {
    throw new InvalidInputError([{ path: 'nextPageToken', message: NO_TOKEN }], { cause: error });
  }
}

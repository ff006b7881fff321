import { z } from 'zod';
import { assumed, named, model } from './provenance';

/** Marks a paging key: its name on the wire stands once in the profile (`paging`), not with each model. */
const pagingKey = (key: 'pageNum' | 'pageSize' | 'param' | 'total' | 'list') => ({ wirePaging: key });

export const pageNum = z.int().min(1).max(1_000_000).meta(pagingKey('pageNum'));
export const pageSize = z.int().min(1).max(100).meta(pagingKey('pageSize'));

const answered = {
  pageNum: z
    .int()
    .min(0)
    .meta({ ...assumed('页码'), ...pagingKey('pageNum') }),
  pageSize: z
    .int()
    .min(0)
    .meta({ ...assumed('每页条数'), ...pagingKey('pageSize') }),
  total: z
    .int()
    .min(0)
    .meta({ ...assumed('总条数'), ...pagingKey('total') }),
};

export const PageInfo = z
  .object({ pageNum: answered.pageNum, pageSize: answered.pageSize, total: answered.total })
  .meta(model('PageInfo', named('分页信息')));
export type PageInfo = z.infer<typeof PageInfo>;

/** `BasePageRequest<T>`: a page of what `param` selects. [N name, I fields] */
export const basePageRequest = <Param extends z.ZodType>(param: Param) =>
  z.strictObject({
    pageNum: pageNum.meta(assumed('页码，从 1 开始')),
    pageSize: pageSize.meta(assumed('每页条数，1-100')),
    param: param.meta({ ...assumed('查询条件'), ...pagingKey('param') }),
  });

/** `Paging<T>`: one page of an answer. [N name, I fields] */
export const paging = <Item extends z.ZodType>(item: Item) =>
  z.object({
    total: answered.total,
    pageNum: answered.pageNum,
    pageSize: answered.pageSize,
    list: z.array(item).meta({ ...assumed('数据列表'), ...pagingKey('list') }),
  });

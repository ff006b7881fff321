import { z } from 'zod';
import { assumed, named, model } from './provenance';

export const pageNum = z.int().min(1).max(1_000_000);
export const pageSize = z.int().min(1).max(100);

export const PageInfo = z
  .object({
    pageNum: z.int().min(0).meta(assumed('页码')),
    pageSize: z.int().min(0).meta(assumed('每页条数')),
    total: z.int().min(0).meta(assumed('总条数')),
  })
  .meta(model('PageInfo', named('分页信息')));
export type PageInfo = z.infer<typeof PageInfo>;

/** `BasePageRequest<T>`: a page of what `param` selects. [N name, I fields] */
export const basePageRequest = <Param extends z.ZodType>(param: Param) =>
  z.strictObject({
    pageNum: pageNum.meta(assumed('页码，从 1 开始')),
    pageSize: pageSize.meta(assumed('每页条数，1-100')),
    param: param.meta(assumed('查询条件')),
  });

/** `Paging<T>`: one page of an answer. [N name, I fields] */
export const paging = <Item extends z.ZodType>(item: Item) =>
  z.object({
    total: z.int().min(0).meta(assumed('总条数')),
    pageNum: z.int().min(0).meta(assumed('页码')),
    pageSize: z.int().min(0).meta(assumed('每页条数')),
    list: z.array(item).meta(assumed('数据列表')),
  });

/** 查询卡钱包流水: one row for each change of what a wallet holds (available and frozen together). Setting money aside is no change. */
import type { Decimal } from 'decimal.js';
import type { FlowItem, OpenWalletFlowQueryDto, OpenWalletFlowVo } from '../../falpay/contract';
import { decimal, money } from '../ledger/ledger';
import { Refusal } from '../refusal';
import type { World } from '../world';
import { available, frozen } from './accounts';
import type { Flow } from './entities';
import { page, within } from './paging';

/** Writes the row of a change that the ledger has booked already. */
export function recordFlow(
  world: World,
  change: Pick<
    Flow,
    'walletId' | 'orderNo' | 'merchantOrderNo' | 'cardId' | 'type' | 'direction' | 'currency' | 'remark'
  > & {
    readonly amount: Decimal;
    readonly fee?: Decimal;
  },
): void {
  const { amount, fee, ...rest } = change;
  // What a fee has swallowed whole is a row all the same.
  if (amount.isZero() && (fee === undefined || fee.isZero())) return;
  const { walletId, currency } = change;
  const after = world.ledger
    .balance(available(walletId), currency)
    .plus(world.ledger.balance(frozen(walletId), currency));
  world.flows.insert({
    ...rest,
    flowNo: world.ids.next('flow'),
    amount: money(amount, currency),
    fee: money(fee ?? decimal('0'), currency),
    balanceAfter: money(after, currency),
    createTime: world.clock.now(),
  });
}

/** Newest first. */
export function listWalletFlows(world: World, dto: OpenWalletFlowQueryDto): OpenWalletFlowVo {
  if (world.wallets.byId(dto.walletId) === undefined) throw new Refusal('NOT_FOUND', 'wallet not found', 'walletId');
  const found = world.flows
    .ownedBy(dto.walletId)
    .filter(
      (flow) =>
        (dto.orderNo === undefined || flow.orderNo === dto.orderNo) &&
        (dto.merchantOrderNo === undefined || flow.merchantOrderNo === dto.merchantOrderNo) &&
        (dto.type === undefined || flow.type === dto.type) &&
        within(world, flow.createTime, dto),
    )
    .toReversed();
  const { total, list } = page(found, dto);
  return {
    pageInfo: { pageNum: dto.pageNum, pageSize: dto.pageSize, total },
    items: list.map((flow) => view(world, flow)),
  };
}

function view(world: World, { createTime, ...flow }: Flow): FlowItem {
  return { ...flow, status: 'SUCCESS', createTime: world.time(createTime) };
}

/** What a start names at FalPay is asked for before the flow begins. */
import { FlowNotFoundError } from '../../../src/client';
import { FalpayUnavailable } from '../../../src/falpay';
import { bearer, gateway, type Gateway } from './parts';

let parts: Gateway;
beforeEach(() => {
  parts = gateway();
  parts.cardflow.state.mockRejectedValue(new FlowNotFoundError('wallet-recharge', 'R-1'));
});
afterEach(() => parts.app.close());

const put = (path: string, payload: object) =>
  parts.app.inject({ method: 'PUT', url: `/v1/${path}`, headers: bearer('shop'), payload });
const recharge = () => put('recharges/R-1', { walletId: '4711', amount: '100.00', currency: 'USD' });

test.each([
  ['wallet', 'walletId', recharge],
  ['merchant', 'merchantId', () => put('wallet-openings/W-1', { merchantId: '4711', currency: 'USD' })],
] as const)('a %s that FalPay does not know is named, and nothing is started', async (what, path, start) => {
  const query = what === 'wallet' ? parts.falpay.getWallet : parts.falpay.getMerchant;
  query.mockResolvedValueOnce(null as never);
  const answer = await start();
  expect(answer.statusCode).toBe(422);
  expect(answer.json().errors).toEqual([{ path, message: `FalPay knows no ${what} by this id` }]);
  expect(parts.cardflow.start).not.toHaveBeenCalled();
});

test('a flow that was started before goes on answering, although its wallet is gone', async () => {
  parts.cardflow.state.mockResolvedValue({} as never);
  parts.falpay.getWallet.mockResolvedValueOnce(null as never);
  expect((await recharge()).statusCode).toBeLessThan(300);
});

test('while FalPay does not say, the flow begins: it asks again', async () => {
  parts.falpay.getWallet.mockRejectedValueOnce(new FalpayUnavailable('away', { operation: 'getWallet' }));
  expect((await recharge()).statusCode).toBe(201);
});

import { bearer, gateway, limitChange, type Gateway } from './parts';

let parts: Gateway;
beforeEach(() => {
  parts = gateway();
  // As the client does for a card that has no flow yet.
  parts.cardflow.changeLimit.mockImplementation(
    async (_name: unknown, _body: unknown, { beforeFirst }: { beforeFirst: () => Promise<void> }) => {
      await beforeFirst();
      return { outcome: 'accepted', change: limitChange };
    },
  );
});
afterEach(() => parts.app.close());

const put = () =>
  parts.app.inject({
    method: 'PUT',
    url: '/v1/cards/4711/limit-changes/L-1',
    headers: bearer('shop'),
    payload: { direction: 'INCREASE', amount: '10.00', currency: 'USD' },
  });

test('the first limit change of a card asks FalPay whether there is such a card', async () => {
  expect((await put()).statusCode).toBe(201);
  expect(parts.falpay.getCard).toHaveBeenCalledWith({ cardId: '4711' });
});

test('a card that FalPay does not have is 404', async () => {
  parts.falpay.getCard.mockResolvedValueOnce(null);
  expect((await put()).json()).toMatchObject({ status: 404, code: 'card-not-found' });
});

test('while FalPay does not say, the change is accepted: the flow asks again', async () => {
  parts.falpay.getCard.mockRejectedValueOnce(new Error('away'));
  expect((await put()).statusCode).toBe(201);
  parts.falpay.getCard.mockReturnValueOnce(new Promise(() => undefined));
  const began = Date.now();
  expect((await put()).statusCode).toBe(201);
  expect(Date.now() - began).toBeGreaterThanOrEqual(1_900);
});

import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities } from '../../../src/activities';

/** A card whose limit is already what the change would make of it. */
function limitOrders() {
  const sent: string[] = [];
  const take = async ({ limitOrderNo }: { limitOrderNo: string }) => {
    sent.push(limitOrderNo);
  };
  const falpay = {
    increaseCardLimit: take,
    decreaseCardLimit: take,
    getCard: async () => ({ cardId: '7', cardLimit: '110.00', currency: 'USD' }),
  };
  const activities = createActivities({ falpay } as unknown as Parameters<typeof createActivities>[0]);
  return { activities, sent };
}

const order = { limitOrderNo: 'L-1', cardId: '7', amount: '10.00', currency: 'USD' };

describe.each(['increaseCardLimit', 'decreaseCardLimit'] as const)('%s', (operation) => {
  const run = (activities: ReturnType<typeof limitOrders>['activities'], runId: string) => {
    const environment = new MockActivityEnvironment();
    const permit = { run: runId === 'own' ? (environment.context.info.workflowExecution?.runId ?? '') : runId };
    return environment.run(activities[operation], { order, limitAfter: '110.00', permit });
  };

  test('is sent by the run that may send it', async () => {
    const { activities, sent } = limitOrders();
    expect(await run(activities, 'own')).toBe(true);
    expect(sent).toEqual(['L-1']);
  });

  test('of a run that may not send it is of unknown outcome, also where the limit is what it should be: others change it, too', async () => {
    const { activities, sent } = limitOrders();
    await expect(run(activities, 'another')).rejects.toMatchObject({ type: 'FalpayOutcomeUnknown' });
    expect(sent).toEqual([]);
  });
});

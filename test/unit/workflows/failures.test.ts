import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure } from '@temporalio/common';
import { REFUSAL } from '../../../src/messages';
import { readFault } from '../../../src/workflows/flow/failures';

const down = ApplicationFailure.create({ message: 'FalPay could not be reached', type: 'FalpayUnavailable' });
const wrapped = (cause: Error) =>
  new ActivityFailure(
    'Activity task failed',
    'findMerchant',
    '1',
    RetryState.MAXIMUM_ATTEMPTS_REACHED,
    'worker',
    cause,
  );

test('a fault reads the same from a normal activity, which wraps it, and from a local one, which does not', () => {
  expect(readFault(down)).toEqual(readFault(wrapped(down)));
  expect(readFault(down)).toMatchObject({ kind: 'unavailable', message: 'FalPay could not be reached' });
  const late = new TimeoutFailure('too late', undefined, 'START_TO_CLOSE');
  expect(readFault(late)).toEqual(readFault(wrapped(late)));
  expect(readFault(late)).toMatchObject({ kind: 'unknown' });
});

test("the flow's own refusals, its abort and bugs are no faults of an activity", () => {
  for (const type of Object.values(REFUSAL)) {
    const own = ApplicationFailure.nonRetryable('of the flow', type);
    expect(() => readFault(own)).toThrow(own);
  }
  const bug = new TypeError('cannot read properties of undefined');
  expect(() => readFault(bug)).toThrow(bug);
});

import '../setup/temporal';
import { differences } from './gate';
import { recordedHistories } from './history';
import { replayBundle } from './replay-bundle';

test('every recorded flow goes on with the code of today, asking for the same as it did', async () => {
  expect(await differences(await replayBundle(), recordedHistories())).toEqual([]);
});

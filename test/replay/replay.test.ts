import type { WorkflowBundle } from '@temporalio/worker';
import { FLOW_KINDS } from '../../src/messages';
import '../setup/temporal';
import { differences } from './gate';
import { recordedHistories } from './history';
import { replayBundle } from './replay-bundle';

/** With every release there are more of them. */
const LIMIT_MS = 5 * 60_000;

let bundle: WorkflowBundle;
beforeAll(async () => {
  bundle = await replayBundle();
});

test.each(FLOW_KINDS)(
  'every recorded %s goes on with the code of today, asking for the same as it did',
  async (kind) => {
    const histories = recordedHistories((file) => file.startsWith(`${kind}.`));
    expect(histories).not.toEqual([]);
    expect(await differences(bundle, histories)).toEqual([]);
  },
  LIMIT_MS,
);

/**
 * `npm run docs:screenshots` writes the pictures of docs/operations.md: the real Temporal UI before real flows. Needs Chromium, and a font that has
 * Chinese (on Debian fonts-wqy-zenhei). Numbers and texts are the same every time, times and ids are not.
 */
import { join } from 'node:path';
import { projectRoot } from '../../src/bootstrap/paths';
import { setUpWith, workflowBundle } from '../setup/servers';
import { startBrowser } from './browser';
import { lostRecharge, rejectedMerchant, startOperations } from './operations';
import { TemporalUi } from './temporal-ui';

const imageFile = (name: string): `${string}.png` => `${join(projectRoot, 'docs', 'images', name)}.png`;

async function main(): Promise<void> {
  await setUpWith(workflowBundle)();
  const operations = await startOperations();
  const browser = await startBrowser();
  try {
    const { stack } = operations;
    const ui = await TemporalUi.open(browser, operations);
    await rejectedMerchant(stack, 'M-2026-0117');
    const lost = await lostRecharge(stack, 'M-2026-0118');
    await lostRecharge(stack, 'M-2026-0119');

    await ui.flow('onboarding/M-2026-0117');
    await ui.shows('营业执照不清晰');
    await ui.picture(imageFile('onboarding-action-required'));

    await ui.list('FlowStage = "BLOCKED" AND ExecutionStatus = "Running"');
    await ui.shows('onboarding/M-2026-0118');
    await ui.shows('onboarding/M-2026-0119');
    await ui.picture(imageFile('operations-list'));

    await ui.flow('onboarding/M-2026-0118');
    await ui.shows('OUTCOME_UNKNOWN');
    await ui.picture(imageFile('operations-blocked'));

    const { blockId } = lost;
    await ui.fillUpdate('resolve', { blockId, reason: 'ticket 4711', actor: 'anna', outcome: 'NOT_DONE' });
    await ui.picture(imageFile('operations-update'));
  } finally {
    await browser.close();
    await operations.stop();
    await globalThis.cardflowTestRun?.guardian.dismiss();
  }
}

main()
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(() => process.exit());

/** The last step of `npm run build`: both workflow bundles, so that a worker in an image starts without webpack. */
import { writeFileSync } from 'node:fs';
import { DefaultLogger } from '@temporalio/worker';
import { bundle, prebuiltBundlePath } from './workflow-bundle';

async function main(): Promise<void> {
  for (const encrypted of [false, true]) {
    const { code } = await bundle({ encrypted }, new DefaultLogger('WARN'));
    writeFileSync(prebuiltBundlePath({ encrypted }), code);
  }
}

void main();

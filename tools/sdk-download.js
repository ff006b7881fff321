'use strict';
// Lets the Temporal SDK download one of its test servers into a folder: node sdk-download.js <dev-server|time-skipping> <folder> <version>
// A process of its own, because a download inside the SDK's native code can neither be watched nor given up.
// The SDK downloads only what it then starts, so the server runs for a moment.
const { TestWorkflowEnvironment } = require('@temporalio/testing');

const [kind, downloadDir, version] = process.argv.slice(2);
const server = { executable: { type: 'cached-download', downloadDir, version, ttl: '3650d' } };

const started =
  kind === 'dev-server'
    ? TestWorkflowEnvironment.createLocal({ server })
    : TestWorkflowEnvironment.createTimeSkipping({ server });
started
  .then((environment) => environment.teardown())
  .then(() => process.exit(0))
  .catch((error) => {
    let cause = error;
    while (cause.cause) cause = cause.cause;
    console.error(cause.message);
    process.exit(1);
  });

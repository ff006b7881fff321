/**
 * What one jest run shares. The setup makes it in jest's main process and hands it to the test files through the
 * environment; the names stand apart from Cardflow's settings, which refuse unknown names.
 */
export const shared = {
  temporalAddress: 'TEST_TEMPORAL_ADDRESS',
  timeSkippingServer: 'TEST_TIME_SKIPPING_SERVER',
  workflowBundle: 'TEST_WORKFLOW_BUNDLE',
} as const;

/** @throws Error the test file lies in a folder whose setup does not make this */
export function fromSetup(name: (typeof shared)[keyof typeof shared]): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: see test/setup/for-<kind>.ts for what each test folder gets`);
  return value;
}

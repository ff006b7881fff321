// Runs before every test file: a developer's own settings must not reach the tests, least of all a real cluster's address.
const ours = /^(TEMPORAL|CARDFLOW|FALPAY|GATEWAY|SANDBOX|CODEC|BACKEND|S3)_|^(METRICS_PORT|LOG_LEVEL)$/;

for (const name of Object.keys(process.env)) {
  if (ours.test(name)) delete process.env[name];
}

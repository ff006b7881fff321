const { availableParallelism } = require('node:os');

const transform = {
  '^.+\\.[jt]s$': [
    '@swc/jest',
    { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' }, sourceMaps: 'inline' },
  ],
};
/** Kinds of test that need more than Node: test/setup/for-<kind>.ts gets it, once for the whole run. */
const onTemporal = ['workflow', 'replay', 'integration'];

const base = {
  testEnvironment: 'node',
  transform,
  setupFiles: ['<rootDir>/test/setup/environment.ts'],
};

/** @type {import('jest').Config} */
module.exports = {
  // Jest leaves one core to itself, which on two cores means one test file at a time; ours wait more than they compute.
  maxWorkers: Math.min(4, Math.max(2, availableParallelism())),
  // Only a limit for what hangs: jest reads it here and nowhere else, so it is the same for all kinds.
  testTimeout: 180_000,
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [
        '/node_modules/',
        ...['browser', ...onTemporal].map((folder) => `<rootDir>/test/${folder}/`),
      ],
    },
    // `npm test` asks for nothing but Node and a way to a Temporal server: what needs a browser is a command of its own.
    ...(process.env.TEST_BROWSER === undefined
      ? []
      : [
          {
            ...base,
            displayName: 'browser',
            testMatch: ['<rootDir>/test/browser/**/*.test.ts'],
            globalSetup: '<rootDir>/test/setup/for-browser.ts',
            globalTeardown: '<rootDir>/test/setup/teardown.ts',
          },
        ]),
    ...onTemporal.map((folder) => ({
      ...base,
      displayName: folder,
      testMatch: [`<rootDir>/test/${folder}/**/*.test.ts`],
      globalSetup: `<rootDir>/test/setup/for-${folder}.ts`,
      globalTeardown: '<rootDir>/test/setup/teardown.ts',
    })),
  ],
};

'use strict';
// `npm test`: installs what is missing, then runs jest with the arguments given (`npm test -- test/unit`).
const { ensureInstalled } = require('./install');

ensureInstalled().then(() => {
  require('tsx/cjs');
  require('../src/bootstrap/run-tests.ts').runTests(process.argv.slice(2));
});

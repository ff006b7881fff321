'use strict';
// `npm run chaos`: installs what is missing, then test/chaos/run.ts does the rest in this same process.
const { ensureInstalled } = require('./install');

ensureInstalled().then(() => {
  require('tsx/cjs');
  require('../test/chaos/run.ts');
});

'use strict';
// `npm run histories:record`: installs what is missing, then test/replay/record.ts does the rest in this same process.
const { ensureInstalled } = require('./install');

ensureInstalled().then(() => {
  require('tsx/cjs');
  require('../test/replay/record.ts');
});

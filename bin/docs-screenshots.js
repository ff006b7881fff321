'use strict';
// `npm run docs:screenshots`: installs what is missing, then test/browser/screenshots.ts does the rest in this same process.
const { ensureInstalled } = require('./install');

ensureInstalled().then(() => {
  require('tsx/cjs');
  require('../test/browser/screenshots.ts');
});

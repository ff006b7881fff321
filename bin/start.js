'use strict';
// `npm start`: installs what is missing, then src/start.ts does the rest in this same process.
const { ensureInstalled } = require('./install');

ensureInstalled().then(() => {
  require('tsx/cjs');
  require('../src/start.ts');
});

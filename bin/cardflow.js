#!/usr/bin/env node
'use strict';
// The command line. In a clone it runs from source, so that it never lags behind an old build; in an image there is only the build.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const source = join(__dirname, '..', 'src', 'starter.ts');
if (existsSync(source)) {
  require('./install')
    .ensureInstalled()
    .then(() => {
      require('tsx/cjs');
      require(source);
    });
} else {
  require('../dist/starter.js');
}

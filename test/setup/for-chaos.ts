// Jest runs one global setup per file name, hence one small file for each kind of test.
import { devServer, setUpWith, workflowBundle } from './servers';

module.exports = setUpWith(workflowBundle, devServer);

// A server with a UI is started by the file that looks at it.
import { setUpWith, workflowBundle } from './servers';

module.exports = setUpWith(workflowBundle);

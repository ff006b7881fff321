/** Bundled into workflows when payloads are encrypted: messages and stack traces of failures go through the codec as well. */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });

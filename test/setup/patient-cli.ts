import { Connection } from '@temporalio/client';
import { DEFAULT_LIMITS } from '../../src/client/context';
import { LIMITS } from './stack';

/** The command line makes clients of its own: for the rest of the file they wait as long as the stack: {@link LIMITS}. */
export function patientCli(): void {
  const { callMs, queryMs, actionMs } = LIMITS;
  jest.replaceProperty(DEFAULT_LIMITS, 'callMs', callMs);
  jest.replaceProperty(DEFAULT_LIMITS, 'queryMs', queryMs);
  jest.replaceProperty(DEFAULT_LIMITS, 'actionMs', actionMs);
  const lazy = Connection.lazy.bind(Connection);
  jest.spyOn(Connection, 'lazy').mockImplementation((options) => lazy({ ...options, connectTimeout: callMs }));
}
